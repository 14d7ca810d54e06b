/** Bytes on one line. */
const lineBytes = 16;

/**
 * Bytes as lines of offset, bytes and characters: `00000010  7f 45 4c 46 … |.ELF…|`. `start` is the offset of the first byte; offsets have
 * as many digits as `endOffset` needs, eight at least. Bytes that are no printable ASCII show as a point. Empty for no bytes.
 */
export function hexLines(bytes: Uint8Array, start: number, endOffset: number): string {
  const digits = Math.max(8, endOffset.toString(16).length);
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += lineBytes) {
    const line = bytes.subarray(at, at + lineBytes);
    const offset = (start + at).toString(16).padStart(digits, "0");
    lines.push(`${offset}  ${hexOf(line)}  |${charactersOf(line)}|\n`);
  }
  return lines.join("");
}

/** Two groups of eight, as wide as a full line. */
function hexOf(line: Uint8Array): string {
  let text = "";
  for (let at = 0; at < lineBytes; at += 1) {
    const byte = line[at];
    if (at > 0) text += at === lineBytes / 2 ? "  " : " ";
    text += byte === undefined ? "  " : (byteTexts[byte] ?? "");
  }
  return text;
}

const byteTexts = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function charactersOf(line: Uint8Array): string {
  let text = "";
  for (const byte of line) text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".";
  return text;
}
