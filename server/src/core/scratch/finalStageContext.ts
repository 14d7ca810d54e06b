import type { Instruction, Stage } from "../dockerfile/syntax.ts";
import type { ReadImage } from "../image/image.ts";
import type { ContainerSettings } from "../image/imageConfig.ts";
import type { LineStyle } from "./finalStageText.ts";
import type { Program } from "./readiness.ts";
import type { ScratchInput } from "./scratchInput.ts";

/** What a new final stage is written from. */
export interface FinalStageContext {
  readonly input: ScratchInput;
  readonly read: ReadImage;
  readonly settings: ContainerSettings;
  readonly program: Program;
  /** The final stage as it stands. */
  readonly stage: Stage;
  readonly style: LineStyle;
  /** `in-place`: the stage stays and gets another base; `below`: it becomes a build stage and a new one follows it. */
  readonly layout: "in-place" | "below";
  /** Whether the new file system has something at a path, such as `etc/ssl`. */
  readonly hasPath: (path: string) => boolean;
}

/** A part of what the final stage becomes. */
export type StagePart =
  /** A line, maybe with comments above it, in the order of `index`; -1 for what the base image set. */
  | { readonly kind: "line"; readonly index: number; readonly text: string }
  /** An ARG that a line needs, to be declared once, above it. */
  | { readonly kind: "argument"; readonly index: number; readonly text: string }
  /** Leaves the stage it stands in, with the comments above it. */
  | { readonly kind: "removed"; readonly instruction: Instruction }
  /** Another text for an instruction that stays. */
  | { readonly kind: "replaced"; readonly instruction: Instruction; readonly text: string }
  | { readonly kind: "caveat"; readonly sentence: string }
  /** It cannot be written. */
  | { readonly kind: "problem"; readonly sentence: string };
