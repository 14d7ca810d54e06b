import { contentAt } from "../image/evidence.ts";
import type { ElfMention } from "../image/elf.ts";
import { linkRowOf, nodeKind } from "../image/fileTree.ts";
import type { ReadImage } from "../image/image.ts";
import type { LibraryClosure } from "../image/libraryClosure.ts";
import { linkPath } from "../image/linkPath.ts";
import type { TreePaths } from "../image/treePaths.ts";
import type { CarriedPath, Check, CheckKind, Program } from "./readiness.ts";
import type { ScratchInput } from "./scratchInput.ts";

/** A check with what it would have carried over. */
export interface Need {
  readonly check: Check;
  readonly carried: readonly CarriedPath[];
}

/** What is looked at for silent needs. */
export interface NeedContext {
  readonly input: ScratchInput;
  readonly program: Program | undefined;
  readonly closure: LibraryClosure | undefined;
  /** Of the final file system; undefined until the image is read. */
  readonly paths: TreePaths | undefined;
}

/** Whether the program, or a library it loads, names such a file; undefined when that cannot be seen. */
function mentions({ program, closure }: NeedContext, mention: ElfMention): boolean | undefined {
  const facts = program?.facts;
  if (facts === undefined) return undefined;
  if (facts.mentions?.includes(mention) === true) return true;
  if (mention === "certificates" && closure?.libraries.some(({ name }) => tlsLibrary.test(name))) {
    return true;
  }
  return facts.mentions === undefined || closure?.isWhole === false ? undefined : false;
}

const tlsLibrary = /^lib(?:ssl|gnutls|mbedtls|wolfssl|nss3|curl)\b/;

/** `uid:gid` of a user by the image's own lists; undefined when they do not know the name. */
export function numericUser(
  read: ReadImage,
  name: string,
  group: string | undefined,
): string | undefined {
  const row = /^\d+$/.test(name) ? undefined : rowOf(read, "etc/passwd", name);
  const uid = /^\d+$/.test(name) ? name : row?.[2];
  const ownGroup = row?.[3];
  const gid =
    group === undefined
      ? ownGroup
      : /^\d+$/.test(group)
        ? group
        : rowOf(read, "etc/group", group)?.[2];
  if (uid === undefined || (group !== undefined && gid === undefined)) return undefined;
  return gid === undefined ? uid : `${uid}:${gid}`;
}

function rowOf(read: ReadImage, path: string, name: string): readonly string[] | undefined {
  const kept = contentAt(read, path);
  if (kept?.isWhole !== true) return undefined;
  return new TextDecoder()
    .decode(kept.bytes)
    .split("\n")
    .map((line) => line.split(":"))
    .find(([first]) => first === name);
}

/** Of something the image has: needed where the program names it, and unknown where that cannot be seen. */
export function byMention(
  context: NeedContext,
  mention: ElfMention,
  what: {
    readonly kind: CheckKind;
    readonly title: string;
    readonly carried: readonly CarriedPath[];
    readonly named: string;
    readonly unnamed: string;
  },
): Need {
  const isNamed = mentions(context, mention);
  const { kind, title, carried } = what;
  if (isNamed === false) return answer(kind, "ok", title, what.unnamed);
  const evidence =
    isNamed === true
      ? `${what.named}.`
      : "The image has it, and whether the program uses it cannot be seen.";
  const bytes = carried.reduce((sum, path) => sum + path.bytes, 0);
  const check: Check = {
    kind,
    state: isNamed === true ? "needs" : "unknown",
    title,
    evidence,
    bytes: carried.length === 0 ? undefined : bytes,
    span: undefined,
  };
  return { check, carried };
}

/** A check that carries nothing. */
export function answer(
  kind: CheckKind,
  state: Check["state"],
  title: string,
  evidence: string,
  span?: Check["span"],
): Need {
  return { check: { kind, state, title, evidence, bytes: undefined, span }, carried: [] };
}

/** Whether a path leads to something, links followed. */
export function isFile(paths: TreePaths | undefined, path: string): boolean {
  return paths !== undefined && linkPath(paths, path).length > 0;
}

/** A path of the final file system to be carried over: the file it leads to, or all below a directory. Its bytes by whichever name of an inode group it has. */
export function carry(paths: TreePaths, path: string, why: CarriedPath["why"]): CarriedPath {
  const { tree } = paths;
  const node = paths.findExact(linkPath(paths, path).at(-1) ?? path);
  if (node === undefined) return { path, isDirectory: false, bytes: 0, why };
  const isDirectory = tree.kind[node] === nodeKind.directory;
  const first = tree.links.first[linkRowOf(tree.links, node)] ?? -1;
  const bytes = isDirectory ? tree.subtreeBytes[node] : tree.bytes[first < 0 ? node : first];
  return { path, isDirectory, bytes: bytes ?? 0, why };
}
