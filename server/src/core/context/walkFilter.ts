import { parseDockerignore } from "../dockerfile/dockerignore.ts";
import { matchInFolder, passedOverBy, type FolderMatch } from "../dockerfile/pathPatterns.ts";

/** What the ignore file said of a folder that a walk enters; undefined for the root. */
export type WalkState = FolderMatch;

/** Tells a walk over a build context which folders it need not enter. */
export interface WalkFilter {
  /** The state for what lies in a folder, or undefined when the ignore file keeps all of it out. `folder` is the state of the folder it lies in. */
  enter(path: string, folder: WalkState | undefined): WalkState | undefined;
}

/** The filter of an ignore file's text; undefined text means that there is none. A file that builders refuse keeps nothing out. */
export function walkFilter(ignoreText: string | undefined): WalkFilter {
  const { patterns, isUsable } = parseDockerignore(ignoreText ?? "").value;
  const isPassedOver = passedOverBy(patterns);
  return {
    enter(path, folder) {
      const { isMatch, match } = matchInFolder(patterns, path, folder);
      return isUsable && isMatch && isPassedOver(path) ? undefined : match;
    },
  };
}
