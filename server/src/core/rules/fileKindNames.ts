import { type FileTree, nameOf } from "../image/fileTree.ts";

/** Kinds of files that a program in production does without, told by their places and names. A file may be of several. */
export type FileKind =
  /** Manuals, info pages and package documentation, without the copyright files that licences ask for. */
  | "docs"
  /** Translated messages of gettext, `*.mo`. */
  | "translations"
  /** `*.pyc`. */
  | "bytecode"
  /** `*.js.map` and the like. */
  | "source-maps"
  /** Tests that packages of Python and Node bring along, and Python's own. */
  | "package-tests"
  /** `lib*.a`. */
  | "static-libraries";

/** In the order in which they are counted. */
export const fileKinds: readonly FileKind[] = [
  "docs",
  "translations",
  "bytecode",
  "source-maps",
  "package-tests",
  "static-libraries",
];

/** The kind of all files below a directory; undefined when their names tell, if anything. */
export function directoryKindOf(path: string): "docs" | "package-tests" | undefined {
  if (path.startsWith("usr/") && docsDirectory.test(path)) return "docs";
  return testsDirectory.test(path) ? "package-tests" : undefined;
}

const docsDirectory = /^usr\/(?:local\/)?share\/(?:doc|man|info|gtk-doc|doc-base|lintian)$/;
/** `test` directly in `site-packages` or `node_modules` is a package of that name, and Python's `test` package stands beside its modules. */
const testsDirectory =
  /(?:^|\/)(?:(?:site|dist)-packages\/.+\/tests?|node_modules\/(?:@[^/]+\/[^/]+|[^@/]+)\/(?:.+\/)?(?:tests?|__tests__)|lib\/python3\.\d+\/(?:test|(?!(?:site|dist)-packages\/)[^/]+\/tests?))$/;

/** The kind of a file by its name, in a directory at a path; it may be in a directory of another kind. */
export function fileKindOf(tree: FileTree, node: number, directory: string): FileKind | undefined {
  if (endsWith(tree, node, suffixes.pyc)) return "bytecode";
  if (endsWith(tree, node, suffixes.mo)) {
    return localeDirectory.test(directory) ? "translations" : undefined;
  }
  if (endsWith(tree, node, suffixes.a)) {
    return nameOf(tree, node).startsWith("lib") ? "static-libraries" : undefined;
  }
  const isMap = endsWith(tree, node, suffixes.map) && sourceMap.test(nameOf(tree, node));
  return isMap ? "source-maps" : undefined;
}

const localeDirectory = /^usr\/(?:local\/)?share\/locale\//;
const sourceMap = /.\.(?:[cm]?js|css|[cm]?ts)\.map$/;

/** Files that licences ask for, in whatever documentation. */
export function isCopyright(tree: FileTree, node: number): boolean {
  return nameOf(tree, node).startsWith("copyright");
}

const encoder = new TextEncoder();
const suffixes = {
  pyc: encoder.encode(".pyc"),
  mo: encoder.encode(".mo"),
  map: encoder.encode(".map"),
  a: encoder.encode(".a"),
};

/** By bytes: names are not decoded for the many files that are of no kind. */
function endsWith(tree: FileTree, node: number, suffix: Uint8Array): boolean {
  const end = (tree.nameStart[node] ?? 0) + (tree.nameLength[node] ?? 0);
  const length = suffix.length;
  if ((tree.nameLength[node] ?? 0) <= length) return false;
  for (let at = 0; at < length; at += 1) {
    if (tree.nameBytes[end - length + at] !== suffix[at]) return false;
  }
  return true;
}
