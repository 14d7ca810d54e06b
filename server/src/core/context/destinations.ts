import { cleanPath } from "../dockerfile/goPath.ts";
import type { Keyword } from "../dockerfile/syntax.ts";

/** Where COPY or ADD writes. */
export interface Destination {
  /** As written. */
  readonly text: string;
  /** Whether it is a folder for sure; undefined where that depends on the base image, on a RUN or on a variable. */
  readonly isFolder: true | undefined;
}

/** What is known of an image's folders while one reads a chain of stages from its first line on. */
export interface Destinations {
  /** Takes in what an instruction leaves behind; `last` is its last word, undefined when not known. */
  read(keyword: Keyword, last: string | undefined): void;
  /** Where a destination leads; `path` is undefined when its variables have no value. */
  find(path: string | undefined, text: string): Destination;
  /** Another in the same state, for a stage that goes on from here. O(folders). */
  copy(): Destinations;
}

/** Nothing is known of a base image but its root; the working directory of `scratch` is the root. */
export function createDestinations(isScratch: boolean): Destinations {
  /** An unknown working directory stands for itself: relative paths below it can be compared with each other. */
  const workdir = isScratch ? "/" : "/\0";
  return destinationsWith({ workdir, guesses: 0, folders: new Set(["", "/", workdir]) });
}

interface Known {
  readonly workdir: string;
  /** Unknown working directories so far: each stands for itself. */
  readonly guesses: number;
  readonly folders: Set<string>;
}

function destinationsWith(start: Known): Destinations {
  const { folders } = start;
  let { workdir, guesses } = start;
  const absolute = (path: string): string =>
    cleanPath(path.startsWith("/") ? path : `${workdir}/${path}`);
  // What is above a known folder is known.
  const addFolder = (path: string): void => {
    for (let at = path; !folders.has(at); at = at.slice(0, at.lastIndexOf("/"))) folders.add(at);
  };
  return {
    read(keyword, last) {
      if (keyword === "WORKDIR") {
        guesses += 1;
        workdir = last === undefined ? `/\0${guesses}` : absolute(last);
        addFolder(workdir);
      }
      const isCopy = keyword === "COPY" || keyword === "ADD";
      if (isCopy && last !== undefined && isWrittenAsFolder(last)) addFolder(absolute(last));
    },
    find(path, text) {
      const isFolder =
        path === undefined
          ? text.endsWith("/")
          : isWrittenAsFolder(path) || folders.has(absolute(path));
      return { text, isFolder: isFolder || undefined };
    },
    copy: () => destinationsWith({ workdir, guesses, folders: new Set(folders) }),
  };
}

function isWrittenAsFolder(path: string): boolean {
  return path === "" || /(?:^|\/)(?:\.{1,2})?$/.test(path);
}
