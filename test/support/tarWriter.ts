/** What goes into one tar entry. Sizes and names are written as given, so malformed tars can be made too. */
export interface TarEntry {
  readonly path: string | Uint8Array;
  readonly type?: string;
  readonly body?: Uint8Array;
  /** Size field, when it is to differ from the body. */
  readonly statedBytes?: number;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly linkTarget?: string | Uint8Array;
  /** `ustar` by default; `v7` has no magic, `gnu` the old GNU one. */
  readonly format?: "ustar" | "v7" | "gnu";
  /** Records of a PAX header that goes before the entry. */
  readonly pax?: Readonly<Record<string, string>>;
}

const encoder = new TextEncoder();
const blockBytes = 512;

/** A tar of the entries, with its two zero blocks unless told otherwise. Long names become PAX records. */
export function writeTar(
  entries: readonly TarEntry[],
  options: { readonly end?: "zeros" | "none" } = {},
): Uint8Array {
  const blocks = entries.flatMap(tarBlocks);
  if (options.end !== "none") blocks.push(new Uint8Array(2 * blockBytes));
  return concat(blocks);
}

/** The blocks of one entry: its PAX header where it needs one, its header and its padded body. */
export function tarBlocks(entry: TarEntry): Uint8Array[] {
  const path = bytesOf(entry.path);
  const link = bytesOf(entry.linkTarget ?? "");
  const pax: Record<string, string> = { ...entry.pax };
  if (path.length > 100 && typeof entry.path === "string") pax["path"] ??= entry.path;
  if (link.length > 100 && typeof entry.linkTarget === "string") {
    pax["linkpath"] ??= entry.linkTarget;
  }
  const records = Object.entries(pax);
  const head =
    records.length === 0
      ? []
      : tarBlocks({ path: "PaxHeaders/x", type: "x", body: paxRecords(records) });
  const body = entry.body ?? new Uint8Array(0);
  return [...head, tarHeader(entry, path, link), body, padding(body.length)];
}

/** The body of a PAX header. pax(1) § pax Extended Header. */
export function paxRecords(records: readonly (readonly [string, string])[]): Uint8Array {
  return concat(
    records.map(([key, value]) => {
      const rest = encoder.encode(` ${key}=${value}\n`);
      let length = rest.length + 1;
      while (String(length).length + rest.length !== length) length += 1;
      return concat([encoder.encode(String(length)), rest]);
    }),
  );
}

/** One after the other. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Writes the checksum of a header that was changed by hand. */
export function sealHeader(header: Uint8Array): Uint8Array {
  header.fill(0x20, 148, 156);
  const sum = header.subarray(0, blockBytes).reduce((total, byte) => total + byte, 0);
  header.set(encoder.encode(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
  return header;
}

function tarHeader(entry: TarEntry, path: Uint8Array, link: Uint8Array): Uint8Array {
  const header = new Uint8Array(blockBytes);
  header.set(path.subarray(0, 100), 0);
  octal(header, 100, 8, entry.mode ?? (entry.type === "5" ? 0o755 : 0o644));
  octal(header, 108, 8, entry.uid ?? 0);
  octal(header, 116, 8, entry.gid ?? 0);
  octal(header, 124, 12, entry.statedBytes ?? entry.body?.length ?? 0);
  octal(header, 136, 12, 0);
  header[156] = (entry.type ?? "0").charCodeAt(0);
  header.set(link.subarray(0, 100), 157);
  if (entry.format === "gnu") header.set(encoder.encode("ustar  \0"), 257);
  else if (entry.format !== "v7") header.set(encoder.encode("ustar\u000000"), 257);
  return sealHeader(header);
}

/** Octal where it fits, else base-256 as GNU tar writes it. */
function octal(header: Uint8Array, at: number, length: number, value: number): void {
  const text = value.toString(8);
  if (text.length < length) {
    header.set(encoder.encode(`${text.padStart(length - 1, "0")}\0`), at);
    return;
  }
  for (let byte = length - 1, rest = value; byte > 0; byte -= 1, rest = Math.floor(rest / 256)) {
    header[at + byte] = rest % 256;
  }
  header[at] = 0x80;
}

function padding(length: number): Uint8Array {
  return new Uint8Array((blockBytes - (length % blockBytes)) % blockBytes);
}

function bytesOf(text: string | Uint8Array): Uint8Array {
  return typeof text === "string" ? encoder.encode(text) : text;
}
