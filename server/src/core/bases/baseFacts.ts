import type { Platform } from "../image/imageConfig.ts";
import type { BaseName } from "./baseName.ts";
import type { BaseSizes } from "./baseSize.ts";
import type { BaseTraits } from "./baseTraits.ts";

/** Another tag of the same repository, shown as what it is: its figures say nothing exact about the tag that was asked for. */
export interface NearbyTag {
  /** With its own tag. */
  readonly name: string;
  readonly sizes: BaseSizes;
}

/** What is known of the image that a stage starts from. */
export type BaseFacts =
  | { readonly kind: "scratch"; readonly sizes: BaseSizes; readonly traits: BaseTraits }
  | {
      readonly kind: "image";
      readonly name: BaseName;
      /** Undefined when it depends on what only the build knows; there are no figures then. */
      readonly platform: Platform | undefined;
      /** Undefined when nothing is known of images of this name. */
      readonly traits: BaseTraits | undefined;
      /** Of exactly this image on exactly this platform. */
      readonly sizes: BaseSizes;
      /** Most like it of those in the table, where the table does not have it itself; undefined when none is like it. */
      readonly nearby: NearbyTag | undefined;
      /** One sentence; undefined when both figures are exact. */
      readonly howToKnow: string | undefined;
    }
  /** Another stage of the file; `root` is what the chain of stages starts from. */
  | {
      readonly kind: "stage";
      readonly stage: number;
      readonly root: Exclude<BaseFacts, { readonly kind: "stage" }>;
    }
  /** The name cannot be known, or no engine would take it. */
  | { readonly kind: "unknown"; readonly text: string; readonly howToKnow: string };

/** What others found out about one image, by the name that the file has. */
export interface BaseFindings {
  /** Of the image as an engine holds it, with its platform; `localSizes`. */
  readonly engine?: BaseSizes;
  /** As a registry states it; `registrySizes`. */
  readonly registry?: BaseSizes;
  /** Why the registry that was asked states nothing, in one sentence. */
  readonly registryTrouble?: string;
}
