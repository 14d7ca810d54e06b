import type { Result } from "../result.ts";
import type { ContextBytes } from "./contextBytes.ts";
import type { ContextUnknown } from "./contextUnknown.ts";
import type { CopyPlan } from "./copyPlan.ts";

/** What was counted for the lines of the text before, so that a key typed counts only what it changed. Of one context that does not change. */
export interface ContextCounts {
  /** The bytes of a plan; `count` is called where neither this text nor the one before had the same. */
  recall(plan: Result<CopyPlan, ContextUnknown>, count: () => ContextBytes): ContextBytes;
  /** A text is read to its end: what it did not ask for is forgotten. */
  settle(): void;
}

/** Holds nothing yet; never more than the lines of two texts. */
export function createContextCounts(): ContextCounts {
  let before: ReadonlyMap<string, ContextBytes> = new Map();
  let now = new Map<string, ContextBytes>();
  return {
    recall(plan, count) {
      // Patterns are told apart by their text: what they match with is not written.
      const key = JSON.stringify(plan);
      const known = now.get(key) ?? before.get(key) ?? count();
      now.set(key, known);
      return known;
    },
    settle() {
      before = now;
      now = new Map();
    },
  };
}
