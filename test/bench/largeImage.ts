import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { tarBlocks, type TarEntry } from "../support/tarWriter.ts";

/** One layer of the generated image in its three forms. */
export interface GeneratedLayer {
  readonly diffId: string;
  readonly plain: string;
  readonly gzip: string;
  readonly zstd: string;
}

/** What is asked of the generator. The same wish gives the same bytes. */
export interface LargeImageWish {
  readonly folder: string;
  readonly files: number;
  /** Scales the sizes of files; 1 gives about 19 kB on average. */
  readonly scale: number;
  readonly layers: number;
  /** Leaves the compressed forms out. */
  readonly plainOnly?: boolean;
}

/**
 * Layers shaped like those of real images: packages of many small files and a few large ones, deep paths, symlinks, then layers that delete,
 * overwrite, chmod and rename what is below them. Made once and kept.
 */
export async function makeLargeImage(wish: LargeImageWish): Promise<readonly GeneratedLayer[]> {
  mkdirSync(wish.folder, { recursive: true });
  const listing = join(wish.folder, "layers.json");
  if (existsSync(listing)) return JSON.parse(readFileSync(listing, "utf8")) as GeneratedLayer[];
  const state: State = {
    random: randomFrom(42),
    pool: contentPool(),
    cursors: [0, 0, 0],
    written: [],
    files: 0,
  };
  const layers: GeneratedLayer[] = [];
  for (let layer = 0; layer < wish.layers; layer += 1) {
    const plain = join(wish.folder, `${layer}.tar`);
    const diffId = writeLayer(plain, state, wish, layer);
    process.stderr.write(`layer ${layer}: ${state.files} files, ${statSync(plain).size} bytes\n`);
    layers.push({ diffId, plain, gzip: `${plain}.gz`, zstd: `${plain}.zst` });
  }
  if (wish.plainOnly !== true) await compressAll(layers);
  writeFileSync(`${listing}.part`, JSON.stringify(layers));
  renameSync(`${listing}.part`, listing);
  return layers;
}

interface WrittenFile {
  readonly path: string;
  readonly bytes: number;
  readonly seed: number;
  /** Where its content is taken from. */
  readonly region: number;
  readonly start: number;
}

interface State {
  readonly random: () => number;
  /** Text, programs, packed. */
  readonly pool: readonly Uint8Array[];
  /** How much of each is used. */
  readonly cursors: number[];
  /** Files that later layers may hide, by the directory of their package. */
  readonly written: { readonly directory: string; readonly files: WrittenFile[] }[];
  files: number;
}

/** What will be in a layer; written in path order, as those who make layers walk directories. */
interface PlannedEntry {
  readonly entry: TarEntry;
  /** Of a regular file. */
  readonly file?: WrittenFile;
}

function writeLayer(path: string, state: State, wish: LargeImageWish, layer: number): string {
  const share = Math.ceil(wish.files / wish.layers);
  const until = Math.min(wish.files, (layer + 1) * share);
  const planned: PlannedEntry[] = layer % 4 === 3 ? changeLower(state) : [];
  while (state.files < until) planned.push(...planPackage(state, wish, layer));
  const tar = openTarFile(path);
  for (const { entry, file } of inPathOrder(withParents(planned))) {
    tar.entry(entry);
    if (file !== undefined) writeBody(tar, state, file);
  }
  return tar.close();
}

/** A package: a directory with some depth, many small files, some links. */
function planPackage(state: State, wish: LargeImageWish, layer: number): PlannedEntry[] {
  const { random } = state;
  const root = roots[Math.floor(random() * roots.length)]!;
  const directory = `${root}/${word(random)}-${layer}.${state.written.length}`;
  const planned: PlannedEntry[] = [];
  const files: WrittenFile[] = [];
  const count = 20 + Math.floor(random() * 180);
  let below = directory;
  for (let file = 0; file < count && state.files < wish.files; file += 1) {
    if (random() < 0.08) {
      const deep = random() < 0.5 && below.length < 120 ? below : directory;
      below = `${deep}/${word(random)}${file}`;
    }
    const name = `${word(random)}_${word(random)}${file}.${endings[Math.floor(random() * endings.length)]!}`;
    if (random() < 0.05) {
      const linkTarget = `../${word(random)}/${name}`;
      planned.push({ entry: { path: `${below}/${name}`, type: "2", linkTarget } });
      continue;
    }
    const bytes = sizeOf(random, wish.scale);
    const seed = Math.floor(random() * 2 ** 31);
    const written = { path: `${below}/${name}`, bytes, seed, ...contentFor(state, bytes) };
    planned.push(planFile(written, 0o644));
    files.push(written);
    state.files += 1;
  }
  state.written.push({ directory, files });
  return planned;
}

function planFile(file: WrittenFile, mode: number): PlannedEntry {
  return { entry: { path: file.path, statedBytes: file.bytes, mode }, file };
}

/** What a RUN line does to what is below it: delete directories and files, chmod, empty, rename. */
function changeLower(state: State): PlannedEntry[] {
  const planned: PlannedEntry[] = [];
  const packages = Math.max(1, Math.floor(state.written.length / 15));
  for (let change = 0; change < packages; change += 1) {
    const at = Math.floor(state.random() * state.written.length);
    const [lower] = state.written.splice(at, 1);
    if (lower !== undefined) planned.push(...changePackage(lower, change % 5));
  }
  return planned;
}

function changePackage(
  { directory, files }: State["written"][number],
  change: number,
): readonly PlannedEntry[] {
  switch (change) {
    case 0:
      return [{ entry: { path: whiteout(directory) } }];
    case 1:
      return files.map((file) => ({ entry: { path: whiteout(file.path) } }));
    case 2:
      return files.map((file) => planFile(file, 0o755));
    case 3:
      return [{ entry: { path: `${directory}/.wh..wh..opq` } }];
    default: {
      const moved = files.map((file) => ({ ...file, path: file.path.replace("-", "_") }));
      return [
        { entry: { path: whiteout(directory) } },
        ...moved.map((file) => planFile(file, 0o644)),
      ];
    }
  }
}

/** Adds an entry for every directory on the way. */
function withParents(planned: readonly PlannedEntry[]): readonly PlannedEntry[] {
  const directories = new Set<string>();
  for (const { entry } of planned) {
    const names = String(entry.path).split("/").slice(0, -1);
    names.forEach((_, depth) => directories.add(names.slice(0, depth + 1).join("/")));
  }
  return [
    ...planned,
    ...[...directories].map((path) => ({ entry: { path: `${path}/`, type: "5" } })),
  ];
}

function inPathOrder(planned: readonly PlannedEntry[]): readonly PlannedEntry[] {
  // A character that sorts before all others in names stands for the slash.
  const keyed = planned.map((one) => ({
    one,
    key: String(one.entry.path).replace(/\/$/, "").replaceAll("/", "\u0001"),
  }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ one }) => one);
}

const roots = [
  "usr/lib/python3/dist-packages",
  "usr/share/doc",
  "usr/lib/x86_64-linux-gnu",
  "app/node_modules",
  "app/node_modules/@types",
  "opt/venv/lib/python3.12/site-packages",
  "usr/include",
  "root/.cache/pip/http",
];
const endings = ["js", "py", "d.ts", "so", "md", "json", "pyc", "h", "map", "html"];
const syllables = [
  "ka",
  "ro",
  "min",
  "tel",
  "us",
  "py",
  "net",
  "log",
  "ser",
  "vi",
  "dat",
  "on",
  "ex",
  "ta",
];

function word(random: () => number): string {
  const count = 1 + Math.floor(random() * 3);
  return Array.from(
    { length: count },
    () => syllables[Math.floor(random() * syllables.length)]!,
  ).join("");
}

function whiteout(path: string): string {
  const at = path.lastIndexOf("/") + 1;
  return `${path.slice(0, at)}.wh.${path.slice(at)}`;
}

/** Log-normal, as file sizes are: half of them below 1.8 kB, a few of many megabytes. */
function sizeOf(random: () => number, scale: number): number {
  const normal = Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());
  return Math.floor(Math.min(Math.exp(7.5 + 2.2 * normal), 60e6) * scale);
}

function writeBody(tar: TarFile, state: State, file: WrittenFile): void {
  const region = state.pool[file.region]!;
  const stamp = Buffer.from(`${file.seed}\n`);
  tar.write(stamp.subarray(0, file.bytes));
  for (let left = file.bytes - stamp.length, at = file.start; left > 0;) {
    const part = region.subarray(at, at + Math.min(left, 131_072));
    tar.write(part);
    left -= part.length;
    at = (at + part.length) % region.length;
  }
  tar.pad(file.bytes);
}

/** Where a new file gets its content: small files are mostly text, large ones mostly programs; one after the other, as they lie side by side in a real tree. */
function contentFor(state: State, bytes: number): Pick<WrittenFile, "region" | "start"> {
  const isSmall = bytes < 100_000;
  const chance = state.random();
  const region = chance < (isSmall ? 0.75 : 0.35) ? 0 : chance < 0.92 ? 1 : 2;
  const start = state.cursors[region]!;
  state.cursors[region] = (start + bytes) % state.pool[region]!.length;
  return { region, start };
}

/** Real content, so that it compresses and inflates as that of images does: text of the project's dependencies, machine code of this Node, and what is packed already. */
function contentPool(): readonly Uint8Array[] {
  const program = Buffer.alloc(32 * 2 ** 20);
  const file = openSync(process.execPath, "r");
  readSync(file, program, 0, program.length, 16 * 2 ** 20);
  closeSync(file);
  const random = randomFrom(7);
  const packed = Buffer.from(Array.from({ length: 4 * 2 ** 20 }, () => random() * 256));
  return [dependencyTexts(48 * 2 ** 20), program, packed];
}

function dependencyTexts(bytes: number): Uint8Array {
  const modules = join(import.meta.dirname, "../../node_modules");
  const names = readdirSync(modules, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(js|ts|json|md)$/.test(name))
    .sort();
  const texts = Buffer.alloc(bytes);
  let at = 0;
  for (const name of names) {
    const path = join(modules, name);
    if (at >= bytes) break;
    if (!statSync(path).isFile()) continue;
    at += readFileSync(path).copy(texts, at, 0, 200_000);
  }
  return texts.subarray(0, at);
}

/** mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface TarFile {
  entry(entry: TarEntry): void;
  write(bytes: Uint8Array): void;
  pad(bodyBytes: number): void;
  /** Ends the tar and tells its digest. */
  close(): string;
}

function openTarFile(path: string): TarFile {
  const file = openSync(path, "w");
  const sha256 = createHash("sha256");
  const buffer = Buffer.alloc(4 * 2 ** 20);
  let filled = 0;
  const flush = (): void => {
    sha256.update(buffer.subarray(0, filled));
    writeSync(file, buffer, 0, filled);
    filled = 0;
  };
  const write = (bytes: Uint8Array): void => {
    if (filled + bytes.length > buffer.length) flush();
    buffer.set(bytes, filled);
    filled += bytes.length;
  };
  return {
    entry: (entry) => tarBlocks(entry).forEach(write),
    write,
    pad: (bodyBytes) => write(new Uint8Array((512 - (bodyBytes % 512)) % 512)),
    close() {
      write(new Uint8Array(1024));
      flush();
      closeSync(file);
      return `sha256:${sha256.digest("hex")}`;
    },
  };
}

async function compressAll(layers: readonly GeneratedLayer[]): Promise<void> {
  for (const { plain } of layers) {
    const gzip = spawn("gzip", ["-6", "-k", "-n", "-f", plain], { stdio: "inherit" });
    const done = new Promise((resolve) => gzip.on("close", resolve));
    execFileSync("zstd", ["-3", "-q", "-f", "-T1", plain, "-o", `${plain}.zst`]);
    await done;
  }
}
