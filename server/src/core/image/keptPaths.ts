import { equalBytes } from "./byteColumn.ts";

/** What a kept file is for; each kind has a ceiling of its own for a whole layer. */
export type KeptKind = "system" | "python" | "node" | "ruby" | "script";

/** A file whose content is kept while a layer is read. */
export interface KeptRule {
  readonly kind: KeptKind;
  /** So many of its first bytes; of larger files only these. */
  readonly mostBytes: number;
}

/** How much is kept of one layer, by kind. Real layers stay far below: a Debian base has 2 MB of package lists, 1,500 npm packages have 3 MB of manifests. */
export const mostKeptBytes: Readonly<Record<KeptKind, number>> = {
  system: 64 * 2 ** 20,
  python: 16 * 2 ** 20,
  node: 8 * 2 ** 20,
  ruby: 4 * 2 ** 20,
  script: 8 * 2 ** 20,
};

/** Of an executable text that begins with `#!`: its interpreter, and mostly all of it. */
export const scriptRule: KeptRule = { kind: "script", mostBytes: 4096 };

/** Of a WebAssembly module: that it is one. */
export const moduleRule: KeptRule = { kind: "script", mostBytes: 8 };

/** The rule for a regular file with this path as it stands in the tar; undefined for nearly all. */
export function keptRuleOf(path: Uint8Array, pathLength: number): KeptRule | undefined {
  const last = path[pathLength - 1] ?? 0;
  const candidates = wishesByLast[last] ?? wishesForAny;
  const start = startOf(path, pathLength);
  for (const wish of candidates) if (fits(wish, path, start, pathLength)) return wish.rule;
  return undefined;
}

/**
 * The rules for WebAssembly, which only asks whether a path begins and ends as one of them says. Numbers of 16 bits: for each last byte of a path where the first rule
 * for it is, 0 for none; then the rules, each where the next is, the lengths of prefix and suffix in a byte each, and these.
 */
export function keptFilter(): Uint8Array {
  const numbers = new Uint16Array(2048);
  const bytes = new Uint8Array(numbers.buffer);
  let end = 256;
  const chain = (rules: readonly Wish[], next: number): number =>
    rules.reduceRight((behind, { prefix, suffix }) => {
      const at = end;
      numbers[at] = behind;
      bytes.set([prefix.length, suffix.length, ...prefix, ...suffix], 2 * at + 2);
      end += 2 + Math.ceil((prefix.length + suffix.length) / 2);
      return 2 * at;
    }, next);
  const forAny = chain(wishesForAny, 0);
  numbers.fill(forAny, 0, 256);
  for (const [last, rules] of Object.entries(wishesByLast)) {
    const own = rules.filter((rule) => !wishesForAny.includes(rule));
    numbers[Number(last)] = chain(own, forAny);
  }
  return bytes.subarray(0, 2 * end);
}

interface Wish {
  readonly prefix: Uint8Array;
  readonly suffix: Uint8Array;
  /** Must stand somewhere in the path. */
  readonly inside: Uint8Array;
  readonly isExact: boolean;
  readonly rule: KeptRule;
}

function fits(
  { prefix, suffix, inside, isExact }: Wish,
  path: Uint8Array,
  start: number,
  end: number,
): boolean {
  const length = end - start;
  const fixed = prefix.length + suffix.length;
  if (length < fixed || (isExact && length > fixed)) return false;
  const prefixEnd = start + prefix.length;
  return (
    equalBytes(path, start, prefixEnd, prefix, 0, prefix.length) &&
    equalBytes(path, end - suffix.length, end, suffix, 0, suffix.length) &&
    holds(path, start, end, inside)
  );
}

function holds(path: Uint8Array, start: number, end: number, inside: Uint8Array): boolean {
  for (let at = start; at + inside.length <= end; at += 1) {
    if (equalBytes(path, at, at + inside.length, inside, 0, inside.length)) return true;
  }
  return false;
}

/** Paths may begin with `/` or `./`. */
function startOf(path: Uint8Array, pathLength: number): number {
  let start = 0;
  for (;;) {
    const isDot = path[start] === 0x2e && path[start + 1] === 0x2f;
    if (!isDot && path[start] !== 0x2f) return start;
    if (start >= pathLength) return pathLength;
    start += isDot ? 2 : 1;
  }
}

const database: KeptRule = { kind: "system", mostBytes: 8 * 2 ** 20 };
const rpmDatabase: KeptRule = { kind: "system", mostBytes: 48 * 2 ** 20 };
const identity: KeptRule = { kind: "system", mostBytes: 2 ** 20 };
const versionLine: KeptRule = { kind: "system", mostBytes: 128 };
const pythonFiles: KeptRule = { kind: "python", mostBytes: 8 * 2 ** 20 };
/** The headers of the metadata; what follows them is prose. */
const pythonHeaders: KeptRule = { kind: "python", mostBytes: 16 * 1024 };
const nodeManifest: KeptRule = { kind: "node", mostBytes: 16 * 1024 };
/** npm's own list of what it installed, and for what. */
const nodeLock: KeptRule = { kind: "node", mostBytes: 4 * 2 ** 20 };
const gemHead: KeptRule = { kind: "ruby", mostBytes: 16 * 1024 };

/** Which files and why. `*` stands for anything; with two of them the path begins with anything. */
const patterns: readonly (readonly [string, KeptRule])[] = [
  // Which packages there are: dpkg, the same of distroless images, apk, rpm.
  ["var/lib/dpkg/status", database],
  ["var/lib/dpkg/status.d/*", database],
  ["lib/apk/db/installed", database],
  ["usr/lib/apk/db/installed", database],
  ["var/lib/rpm/rpmdb.sqlite", rpmDatabase],
  ["usr/lib/sysimage/rpm/rpmdb.sqlite", rpmDatabase],
  // What was asked for, and what came along.
  ["var/lib/apt/extended_states", database],
  ["*node_modules/.package-lock.json", nodeLock],
  // Which files are theirs.
  ["var/lib/dpkg/diversions", database],
  ["var/lib/dpkg/info/*.list", database],
  ["*.dist-info/RECORD", pythonFiles],
  // Their names and versions.
  ["*.dist-info/METADATA", pythonHeaders],
  ["*node_modules/*/package.json", nodeManifest],
  ["*/specifications/*.gemspec", gemHead],
  // What programs ask for: users, name look-up, libraries, which system this is.
  ["etc/passwd", identity],
  ["etc/group", identity],
  ["etc/nsswitch.conf", identity],
  ["etc/ld.so.conf", identity],
  ["etc/ld.so.conf.d/*", identity],
  ["etc/ld-musl-*.path", identity],
  ["etc/ssl/openssl.cnf", identity],
  ["etc/os-release", identity],
  ["usr/lib/os-release", identity],
  // How old the time zones are: the first line.
  ["usr/share/zoneinfo/tzdata.zi", versionLine],
  ["usr/share/zoneinfo/+VERSION", versionLine],
];

const wishes = patterns.map(([pattern, rule]) => toWish(pattern, rule));

/** Those that any last byte may fit. */
const wishesForAny = wishes.filter(({ suffix, isExact }) => suffix.length === 0 && !isExact);

/** By last byte of the path, where it matters. */
const wishesByLast = tableOfWishes();

function toWish(pattern: string, rule: KeptRule): Wish {
  const encoder = new TextEncoder();
  const parts = pattern.split("*").map((part) => encoder.encode(part));
  const none = encoder.encode("");
  const [prefix = none, second = none, third] = parts;
  const isExact = parts.length === 1;
  return third === undefined
    ? { prefix, suffix: second, inside: none, isExact, rule }
    : { prefix, suffix: third, inside: second, isExact, rule };
}

function tableOfWishes(): Readonly<Record<number, readonly Wish[]>> {
  const table: Record<number, readonly Wish[]> = {};
  for (const wish of wishes) {
    const last = wish.isExact ? wish.prefix.at(-1) : wish.suffix.at(-1);
    if (last !== undefined) table[last] = [wish, ...(table[last] ?? wishesForAny)];
  }
  return table;
}
