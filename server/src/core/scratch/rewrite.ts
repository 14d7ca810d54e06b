import type { NearbyTag } from "../bases/baseFacts.ts";
import type { BaseSizes } from "../bases/baseSize.ts";
import type { TextEdit } from "../text/edit.ts";

/** Where a final stage can be taken, smallest first. */
export type RewriteTarget = "scratch" | "distroless" | "alpine" | "slim";

/** A whole new text for a Dockerfile. */
export interface Rewrite {
  readonly target: RewriteTarget;
  /** Without sizes: `FROM scratch`, `FROM scratch with CA bundle and time zones`. */
  readonly title: string;
  /** Of the Dockerfile; they do not overlap. */
  readonly edits: readonly TextEdit[];
  /** What the image weighs now and would weigh; undefined where that is not known. */
  readonly size: PredictedSize | undefined;
  /** What the author has to know before taking it, sentences; empty when everything is proven. */
  readonly caveats: readonly string[];
  /** Evidence is complete, and nothing about the running container changes but what is not there. */
  readonly isProven: boolean;
  /** The image that the new final stage starts from; absent for scratch. */
  readonly base?: RewriteBase;
}

/** Another base image with what is known of its size; compressed and uncompressed figures are never compared. */
export interface RewriteBase {
  readonly name: string;
  readonly sizes: BaseSizes;
  /** A tag like it, where nothing is known of this very one. */
  readonly nearby: NearbyTag | undefined;
}

/** Content bytes of all layers before and after. */
export interface PredictedSize {
  readonly beforeBytes: number;
  readonly afterBytes: number;
  /** `measured`: sizes of files that are in the image now; `predicted`: the compiler will make another file. */
  readonly basis: "measured" | "predicted";
}

/** Why a target cannot be had, and the sentence that says so. */
export interface Refusal {
  readonly target: RewriteTarget;
  readonly reason: string;
}

/** What can be done for a file, best first, and what cannot. */
export interface Rewrites {
  readonly offers: readonly Rewrite[];
  readonly refusals: readonly Refusal[];
}
