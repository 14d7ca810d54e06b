import type { BaseWorld } from "../bases/describeBase.ts";
import type { BuildContext } from "../context/buildContext.ts";
import type { ContextCounts } from "../context/contextCounts.ts";
import type { ArchiveLook } from "../context/pickSources.ts";
import type { BaseContents } from "../image/baseContents.ts";
import type { DiffId, Digest } from "../image/digest.ts";
import type { Platform } from "../image/imageConfig.ts";

/** A base image that an engine here holds. */
export interface HeldBase {
  readonly platform: Platform;
  /** Base layer first. */
  readonly diffIds: readonly DiffId[];
  /** Whether it makes builds run instructions of its own (ONBUILD): rows of an image that no line of the file names. */
  readonly hasTriggers: boolean;
  /** What its layers hold; absent where they were never read. */
  readonly contents?: BaseContents;
}

/** What a file stood on when its image was built, remembered from when every line of it agreed with the image. */
export interface BuiltBase {
  readonly imageId: Digest;
  /** `baseKeyOf` the file as it was then. */
  readonly baseKey: string;
  /** Layers that the lines of the file left over, base first. */
  readonly diffIds: readonly DiffId[];
}

/** What others found out about the images that a file's stages start from. */
export interface BaseKnowledge {
  readonly world: BaseWorld;
  /** By the name that the file has; undefined for an image that no engine is known to hold. */
  heldOf(name: string): HeldBase | undefined;
  /** Undefined where nobody saw file and image agree. */
  readonly built: BuiltBase | undefined;
}

/** The build context of a file, and how it is known to be this folder. */
export interface ContextKnowledge {
  readonly context: BuildContext;
  /** What was found in files that ADD may unpack, by path in the context. */
  readonly archives: ReadonlyMap<string, ArchiveLook>;
  /** Absolute, for people. */
  readonly folder: string;
  /** Who says that builds send this folder; `dockerfile`: nobody did, it is the Dockerfile's own. */
  readonly source: "directive" | "compose" | "setting" | "dockerfile";
  /** Other folders that the same compose file names for this Dockerfile. */
  readonly others: readonly string[];
  /** Of a caller who looks at many texts with this context and these archives; absent where every text is counted anew. */
  readonly counts?: ContextCounts;
}
