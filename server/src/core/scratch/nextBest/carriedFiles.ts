import { plainPath } from "../../image/treePaths.ts";
import type { NextBest } from "./nextBest.ts";
import type { Hindrance, StageCopy } from "./stagePlan.ts";

/** What of an interpreted program's files goes along. */
export interface CarriedFiles {
  readonly copies: readonly StageCopy[];
  /** Of all of them; undefined until the image is read. */
  readonly bytes: number | undefined;
}

/** The working directory with all in it, and what COPY and ADD put elsewhere. Without the image, a COPY to another place is a hindrance. */
export function programFiles(context: NextBest): CarriedFiles | Hindrance {
  const { directory, paths, shipped, readiness } = context;
  if (directory === undefined || directory === "/") {
    return {
      reason:
        "The program is not in a directory of its own: set a WORKDIR, so that it can be copied.",
    };
  }
  const root = plainPath(directory);
  if (paths === undefined) {
    const elsewhere = shipped.find((one) => isCopyElsewhere(one, directory));
    if (elsewhere !== undefined) {
      const line = elsewhere.startLine + 1;
      return {
        reason: `Line ${line} copies to a place outside of ${directory}: only a built image shows what is there.`,
      };
    }
    const owner = writtenOwner(context);
    return {
      copies: [{ from: directory, to: directory, isDirectory: true, owner }],
      bytes: undefined,
    };
  }
  const node = paths.find(root);
  if (node === undefined) return { reason: `The image has no ${directory}.` };
  const others = (readiness.carried ?? []).filter(
    ({ path, why }) =>
      (why === "asset" || why === "writable-directories") &&
      path !== root &&
      !path.startsWith(`${root}/`),
  );
  const isAround = others.some(({ path }) => root.startsWith(`${path}/`));
  const directories = isAround ? [] : [{ path: root, isDirectory: true }];
  const copied = [...directories, ...others];
  const bytes =
    others.reduce((sum, one) => sum + one.bytes, 0) +
    (isAround ? 0 : (paths.tree.subtreeBytes[node] ?? 0));
  return {
    copies: copied.map(({ path, isDirectory }) => ({
      from: `/${path}`,
      to: `/${path}`,
      isDirectory,
      owner: ownerBelow(context, path),
    })),
    bytes,
  };
}

function isCopyElsewhere(
  { keyword, words }: NextBest["shipped"][number],
  directory: string,
): boolean {
  if (keyword !== "COPY" && keyword !== "ADD") return false;
  const to = words.at(-1)?.text ?? "";
  const isInside = to === directory || to.startsWith(`${directory}/`);
  return (to.startsWith("/") && !isInside) || to.includes("$") || to.includes("..");
}

/** `uid:gid` of all that is at a path where it is one owner that is not root; undefined otherwise, and where owners differ COPY keeps none. O(nodes below). */
export function ownerBelow({ paths }: NextBest, path: string): string | undefined {
  const root = paths?.find(path);
  if (paths === undefined || root === undefined) return undefined;
  const { tree } = paths;
  const uid = tree.uid[root] ?? 0;
  const gid = tree.gid[root] ?? 0;
  for (let node = root; node < (tree.subtreeEnd[root] ?? root + 1); node += 1) {
    if (tree.uid[node] !== uid || tree.gid[node] !== gid) return undefined;
  }
  return uid === 0 && gid === 0 ? undefined : `${uid}:${gid}`;
}

/** What the text hands files over to, in numbers: of the image `node` the user of that name. */
function writtenOwner({ shipped, base }: NextBest): string | undefined {
  const owner = shipped.flatMap(({ flags }) => flags).find(({ name }) => name === "chown")?.value;
  if (owner === undefined) return undefined;
  if (/^\d+(?::\d+)?$/.test(owner)) return owner;
  return base?.familiar === "node" && /^node(?::node)?$/.test(owner) ? "1000:1000" : undefined;
}
