import { blockBytes, paddedBytes } from "../core/image/tarFields.ts";

/** An entry of a made-up tar. */
export interface MadeUpEntry {
  readonly path: string;
  /** Type flag of the header. */
  readonly type: string;
  readonly mode: string;
  readonly content?: Uint8Array;
  readonly linkTarget?: string;
}

/** A tar for rehearsals: entries in that order, and the zero blocks behind them. */
export function madeUpTar(entries: readonly MadeUpEntry[]): Uint8Array {
  return new Uint8Array(Buffer.concat([...entries.map(entryOf), Buffer.alloc(2 * blockBytes)]));
}

/** Empty, kept in a window with others, larger than what is hashed in passing, larger than a window. */
const fileSizes = [0, 12, 700, 5000, 20_000];

/** What a layer may hold: in each folder a bit of everything, or what its name removes. */
export function madeUpEntries(folders: readonly string[], mode: string): readonly MadeUpEntry[] {
  return folders.flatMap((folder) =>
    folder.includes(".wh.")
      ? [{ path: folder, type: "0", mode }]
      : [
          { path: `${folder}/`, type: "5", mode },
          ...fileSizes.map((bytes, at) => ({
            path: `${folder}/file${at}.so`,
            type: "0",
            mode,
            content: Buffer.alloc(bytes, "x"),
          })),
          { path: `${folder}/link`, type: "2", mode, linkTarget: "file0.so" },
          { path: `${folder}/deep/deeper/other`, type: "0", mode, content: Buffer.alloc(3, "x") },
          { path: `${folder}/more`, type: "1", mode, linkTarget: `${folder}/file1.so` },
        ],
  );
}

const noContent = new Uint8Array(0);

/** A ustar header and its padded body. */
function entryOf(made: MadeUpEntry): Uint8Array {
  const { path, type, mode, content = noContent, linkTarget = "" } = made;
  const entry = Buffer.alloc(blockBytes + paddedBytes(content.length));
  entry.write(path, 0);
  entry.write(mode, 100);
  entry.write("0000000", 108);
  entry.write("0000000", 116);
  entry.write(content.length.toString(8).padStart(11, "0"), 124);
  entry.write("00000000000", 136);
  entry.write(" ".repeat(8), 148);
  entry.write(type, 156);
  entry.write(linkTarget, 157);
  entry.write("ustar", 257);
  entry.write("00", 263);
  const sum = entry.subarray(0, blockBytes).reduce((total, byte) => total + byte, 0);
  entry.write(`${sum.toString(8).padStart(6, "0")}\0`, 148);
  entry.set(content, blockBytes);
  return entry;
}
