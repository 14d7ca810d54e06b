import type { Variables } from "../../dockerfile/expand.ts";
import type { ToolCall } from "./toolCall.ts";

/** Files that a package manager keeps for its own next run, and what there is to be done about them. */
export interface PackageCache {
  /** For people, in the plural: `package lists`. */
  readonly content: string;
  /** Programs that fill or empty it, by `ToolCall.tool`. */
  readonly tools: readonly string[];
  /** All folders it may lie in: absolute, or `~/…` for any user's home; `*` stands for one name. */
  folders(variables: Variables): readonly string[];
  /** Whether a call leaves something there with these options and variables. */
  isFilledBy(call: ToolCall, variables: Variables): boolean;
  /** Whether a call that fills it does so only where no earlier RUN has left the files; undefined where none is like that. */
  isIdle?(call: ToolCall): boolean;
  /** Whether a call empties it. */
  isEmptiedBy(call: ToolCall): boolean;
  /**
   * Whether a call that fills it surely leaves files that nothing else uses, so that the text alone is enough: not where they may be hard links
   * to what is used, or where the base image may delete them by itself.
   */
  isCertain(call: ToolCall): boolean;
  /** For a quick-fix: `Delete the package lists in the same RUN`. */
  readonly cleaningTitle: string;
  /** Empties it at the end of a RUN that has these calls fill it; there are none where only the layer tells. */
  cleaning(variables: Variables, fillers: readonly ToolCall[]): Cleaning;
  /** Keeps calls from filling it; undefined where no option does. */
  readonly option?: AvoidingOption;
  /** Undefined where a mount would take away what is needed. */
  readonly mount?: CacheMount;
  /** Whether the container behaves as before without it, whatever it does. */
  readonly isSafe: boolean;
  /** Whether a later call fails without it: `apt-get install` without lists, `--offline`. */
  needs(call: ToolCall): boolean;
  /** Whether a call makes it anew, so that calls behind it need nothing of before. */
  renews(call: ToolCall): boolean;
}

/** A cache mount that holds it for a call by root. */
export interface CacheMount {
  /**
   * Absolute, or `~/…` for root's home; undefined where the calls may keep it elsewhere. `base` is the short name of the image that the stages
   * start from, `golang`; undefined for no image, and for one that is not known.
   */
  folder(variables: Variables, base: string | undefined): string | undefined;
  readonly options?: string;
}

/** A command that empties folders of a cache. */
export interface Cleaning {
  readonly command: string;
  /** All of them, as `PackageCache.folders` spells them; below them nothing with bytes stays. */
  readonly folders: readonly string[];
}

/** Deletes whole folders. */
export function deleting(...folders: readonly string[]): Cleaning {
  return { command: `rm -rf ${folders.join(" ")}`, folders };
}

/** An option behind the verb of a call. */
export interface AvoidingOption {
  /** `--no-cache-dir`. */
  readonly text: string;
  /** How many operands belong to the verb: 2 for `uv pip install`. */
  readonly verbCount: (call: ToolCall) => number;
  /** Which calls take it. */
  applies(call: ToolCall): boolean;
}
