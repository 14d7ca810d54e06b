import type { Ignore } from "../dockerfile/dockerignore.ts";
import {
  matchesFile,
  matchInFolder,
  passedOverBy,
  type FolderMatch,
} from "../dockerfile/pathPatterns.ts";
import type { ContextListing } from "./listing.ts";
import { pickFolder, pickInSteps, type Chooser, type PickedFolder } from "./pickedFolder.ts";

/** What a builder gets to see: the files of a folder without those that its ignore file keeps out. */
export interface BuildContext {
  readonly root: PickedFolder;
  /** False when the builder would stop at the ignore file. */
  readonly isIgnoreUsable: boolean;
}

/**
 * The build context that a listing and an ignore file make, by BuildKit's walk (fsutil filter.go). The listing may have been made with
 * another ignore file: what it lacks becomes a gap, never a smaller sum. O(entries × patterns): to be kept for as long as both are the same.
 */
export function buildContextOf(listing: ContextListing, ignore: Ignore): BuildContext {
  return {
    root: pickFolder(listing.root, "", ignoring(ignore)),
    isIgnoreUsable: ignore.isUsable,
  };
}

/** The same in steps of few milliseconds each, for a listing of very many entries. */
export function* buildContextInSteps(
  listing: ContextListing,
  ignore: Ignore,
): Generator<undefined, BuildContext> {
  const root = yield* pickInSteps(listing.root, "", ignoring(ignore));
  return { root, isIgnoreUsable: ignore.isUsable };
}

function ignoring({ patterns }: Ignore): Chooser<FolderMatch> {
  const isPassedOver = passedOverBy(patterns);
  return {
    keepsFile: (path, folder) => !matchesFile(patterns, path, folder),
    judgeFolder: (path, folder) => {
      const { isMatch, match } = matchInFolder(patterns, path, folder);
      return { isKept: !isMatch, isPassedOver: isMatch && isPassedOver(path), state: match };
    },
  };
}
