import type { ImageError, StartSeries } from "../core/analysis.ts";
import type { Result } from "../core/result.ts";
import type { OpenedImage } from "../io/imageSource.ts";
import type { StartRequest, StartTrouble } from "../io/startTime.ts";
import type { OutputStream } from "./output.ts";

/** Which image a command reads. */
export interface ImageToOpen {
  /** As the user wrote it, in the one spelling of DESIGN §5. */
  readonly reference: string;
  /** Absolute folder that relative paths start from. */
  readonly baseFolder: string;
  /** `os/architecture[/variant]`; undefined for that of this machine. */
  readonly platform: string | undefined;
  /** Whether layers read earlier may come from the cache, and new ones go there. */
  readonly isCached: boolean;
}

/** The outside world of one run: what a process has, and what tests hand in instead. */
export interface CliHost {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths of the command line start here. */
  readonly cwd: string;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
  /** Opens an image of the engine, an archive or a layout. */
  openImage(request: ImageToOpen, signal: AbortSignal): Promise<Result<OpenedImage, ImageError>>;
  /** Starts containers, measures them and removes them. */
  measureStart(
    request: StartRequest,
    signal: AbortSignal,
  ): Promise<Result<readonly StartSeries[], StartTrouble>>;
}

/** What the process ends with. DESIGN §5. */
export const exitCodes = {
  fine: 0,
  /** Over a budget, or findings at or above `--fail-on`. */
  overBudget: 1,
  wrongUse: 2,
  unreadable: 3,
  /** 128 + SIGINT, as shells count. */
  interrupted: 130,
} as const;

/** How a command ended: its exit code, and what is said on stderr. */
export interface Outcome {
  readonly exitCode: number;
  /** For trouble one sentence that says what to do next; for a report the remarks that do not belong into it, one sentence each. */
  readonly sentences?: readonly string[];
}
