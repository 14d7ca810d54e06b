/**
 * Import path of the package that a symbol of Go is of; "" where it is of none: what the compiler made for a type, functions written in assembly without a
 * package, C. The name begins at an offset and ends with NUL. Go, debug/gosym § Sym.PackageName.
 */
export function goPackageOf(bytes: Uint8Array, offset: number): string {
  let slash = offset - 1;
  let dot = -1;
  const end = Math.min(bytes.length, offset + mostNameBytes);
  for (let at = offset; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === sign.slash) {
      slash = at;
      dot = -1;
    } else if (byte === sign.dot && dot < 0) dot = at;
    else if (isEndOfPath(byte)) break;
  }
  if (dot <= slash + 1) return "";
  const name = decoder.decode(bytes.subarray(offset, dot));
  return isMadeByCompiler(name) ? "" : unescape(name);
}

const sign = { dot: 0x2e, slash: 0x2f, colon: 0x3a } as const;

/** NUL, blank, `(`, `[`, `{`: what follows is a receiver or the types of a generic one. A colon is only in names that the compiler makes. */
function isEndOfPath(byte: number): boolean {
  return [0, 0x20, 0x28, 0x5b, 0x7b].includes(byte);
}

/**
 * Since Go 1.20 with a colon, before with a dot, where `go.uber.org/zap` is a package and `go.itab.io/fs` is none; `$` begins constants. Go, cmd/compile,
 * base.ReservedImports.
 */
function isMadeByCompiler(name: string): boolean {
  return name === "go" || name.startsWith("$") || name.includes(":") || madeByCompiler.test(name);
}

const madeByCompiler =
  /^type\.|^type$|^go\.(?:builtin|func|importpath|info|interface|itab|map|shape|string|struct)\b/;

/** The linker writes dots in the last part of a path, and whatever is not plain, as `%2e`. Beyond ASCII it is left as written. */
function unescape(name: string): string {
  return name.replaceAll(/%([0-7][0-9a-f])/g, (_, digits: string) =>
    String.fromCodePoint(Number.parseInt(digits, 16)),
  );
}

/** Longer than any import path. */
const mostNameBytes = 4096;
const decoder = new TextDecoder("utf-8");
