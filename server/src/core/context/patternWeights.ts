import {
  matchInFolder,
  matchesFile,
  parsePathPattern,
  type FolderMatch,
  type PathPattern,
} from "../dockerfile/pathPatterns.ts";
import type { BuildContext } from "./buildContext.ts";
import { pickFolder, type PickedFolder } from "./pickedFolder.ts";

/** What a pattern would keep out of a build context that is sent today. */
export interface PatternWeight {
  readonly pattern: string;
  /** Sum of the sizes of the files that match, each counted for the first of the patterns alone. */
  readonly contentBytes: number;
  readonly fileCount: number;
  /** False when a folder of the context was not read, so that there may be more. */
  readonly isExact: boolean;
}

/**
 * What each of some patterns of a `.dockerignore` would keep out, in the order given; patterns that match nothing, exceptions and patterns that
 * builders refuse are left out. It says where bytes are, not what an instruction loses: that is the difference of `contextBytesOf` over the
 * context with them and without. O(entries) for each pattern.
 */
export function patternWeights(
  { root }: BuildContext,
  patterns: readonly string[],
): readonly PatternWeight[] {
  const weights: PatternWeight[] = [];
  let left = root;
  for (const written of patterns) {
    const pattern = parsePathPattern(written.replace(/^\//, ""));
    if (pattern === undefined || pattern.isException) continue;
    const { contentBytes, fileCount, names } = matching(left, pattern, true);
    if (names.length === 0) continue;
    weights.push({ pattern: written, contentBytes, fileCount, isExact: root.gap === undefined });
    left = matching(left, pattern, false);
  }
  return weights;
}

/** What a pattern matches of a folder, or what it leaves. */
function matching(folder: PickedFolder, pattern: PathPattern, isWanted: boolean): PickedFolder {
  return pickFolder<FolderMatch>(folder, "", {
    keepsFile: (path, within) => matchesFile([pattern], path, within) === isWanted,
    judgeFolder: (path, within) => {
      const { isMatch, match } = matchInFolder([pattern], path, within);
      return { isKept: isMatch === isWanted, isPassedOver: isMatch && !isWanted, state: match };
    },
  });
}
