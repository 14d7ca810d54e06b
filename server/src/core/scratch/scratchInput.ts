import type { Variables } from "../dockerfile/expand.ts";
import type { ShellScript } from "../dockerfile/shellScript.ts";
import type { Dockerfile, Instruction, Stage } from "../dockerfile/syntax.ts";
import type { Image, ReadImage } from "../image/image.ts";
import type { Attribution } from "../join/attribution.ts";

/** What the way to scratch is judged by; a `RuleContext` is one. */
export interface ScratchInput {
  readonly dockerfile: Dockerfile;
  /** Stages of the final image, base first, the final one last; empty without a FROM. */
  readonly chain: readonly Stage[];
  readonly image: Image | undefined;
  readonly attribution: Attribution | undefined;
  /** The files of the image; undefined until they are read, and where the image does not fit the file. */
  readonly read: ReadImage | undefined;
  shellOf(instruction: Instruction): ShellScript | undefined;
  environmentAt(instruction: Instruction): Variables;
}
