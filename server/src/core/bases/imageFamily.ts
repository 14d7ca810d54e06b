import type { SystemName } from "./systems.ts";

/**
 * How the tag of a smaller variant is made of a tag's parts, in their order; what the tag does not have is left out, any other word is put as it
 * is: `["version", "suite", "slim"]` makes `20-slim` of `20` and `20-bookworm-slim` of `20-bookworm`. `devel>runtime` stands for the extra
 * words with one in place of another.
 */
export type TagForm = readonly string[];

/** Images of one repository, all made the same way. */
export interface ImageFamily {
  /** Registry and repository in their short spelling. */
  readonly familiar: string;
  /** For people. */
  readonly title: string;
  /** The language or program it brings; undefined for a plain system. */
  readonly runtime: string | undefined;
  /** What a tag without a variant word stands on. */
  readonly system: SystemName;
  /** Whether such a tag brings what building takes, for the most part in the manner of buildpack-deps. */
  readonly hasBuildTools: boolean;
  /** What of it is there for sure, for people. */
  readonly buildTools: string;
  /** Whether such a tag stands on a slim system already. */
  readonly isSmall: boolean;
  /** Users it adds to those of its system. */
  readonly users: readonly string[];
  /** Smaller variants that its maker publishes, larger first. */
  readonly variants: readonly TagForm[];
  /** Whether variants exist for a version or release only, and none for `latest`. */
  readonly needsVersion: boolean;
  /** The lowest leading number of a version that has these variants; 0 for any. */
  readonly sinceVersion: number;
  /** Words of a tag that brings no build tools although others of the repository do. */
  readonly toollessFlavors: readonly string[];
  /** Tags whose images stand on another system than those of the others, or hold other programs: nothing is said of them. */
  readonly strangeTags: RegExp | undefined;
  /** Words of a tag for which no smaller variants exist. */
  readonly boundFlavors: readonly string[];
  /** Which distroless image brings the same. */
  readonly distroless: "nodejs" | "java" | "python3" | "base" | undefined;
}

/** A family of which nothing more is known. */
export const plainFamily = {
  runtime: undefined,
  hasBuildTools: false,
  buildTools: "compilers, git and curl",
  strangeTags: undefined,
  isSmall: false,
  users: [],
  needsVersion: false,
  sinceVersion: 0,
  toollessFlavors: [],
  boundFlavors: [],
  distroless: undefined,
} satisfies Partial<ImageFamily>;

/** `20-bookworm-slim` */
export const suiteSlim: TagForm = ["version", "flavor", "suite", "slim"];
/** `3.13-slim-trixie` */
export const slimSuite: TagForm = ["version", "slim", "flavor", "suite"];
/** `8-fpm-alpine` */
export const alpine: TagForm = ["version", "flavor", "alpine"];

/** A plain distribution. */
export function system(
  familiar: SystemName,
  title: string,
  variants: readonly TagForm[],
): ImageFamily {
  return { ...plainFamily, familiar, title, system: familiar, variants };
}

/** An image that brings a language with everything to build in it. */
export function language(
  familiar: string,
  runtime: string,
  more: Partial<ImageFamily> & Pick<ImageFamily, "variants">,
): ImageFamily {
  return {
    ...plainFamily,
    familiar,
    title: runtime,
    runtime,
    system: "debian",
    hasBuildTools: true,
    ...more,
  };
}

/** An image that brings one program to run, on a slim system. */
export function service(
  familiar: string,
  runtime: string,
  users: readonly string[],
  variants: readonly TagForm[],
): ImageFamily {
  return {
    ...plainFamily,
    familiar,
    title: runtime,
    runtime,
    system: "debian",
    isSmall: true,
    users,
    variants,
  };
}
