import { mountTargetsOf } from "../dockerfile/mounts.ts";
import type { Instruction } from "../dockerfile/syntax.ts";
import { findNode } from "../image/fileTree.ts";
import type { Image } from "../image/image.ts";
import { plainPath } from "../image/treePaths.ts";

/**
 * Whether a layer has bytes where the RUN mounts something: what lies in a mount stays out of the layer, so another line wrote it. No history row
 * tells of `--mount`, and the row alone fits both lines. False while files are not read, and for targets that are not known from the text.
 */
export function hasMountedFiles(instruction: Instruction, image: Image, layer: number): boolean {
  const tree = image.state === "read" ? image.read.layers[layer]?.tree : undefined;
  if (tree === undefined || instruction.keyword !== "RUN") return false;
  return mountTargetsOf(instruction).some((target) => {
    const path = plainPath(target);
    if (!target.startsWith("/") || target.includes("$") || path === "") return false;
    const node = findNode(tree, path);
    return node !== undefined && (tree.subtreeBytes[node] ?? 0) > 0;
  });
}
