import type { TextEdit } from "../text/edit.ts";
import type { Span } from "../text/span.ts";
import type { RuleContext } from "./context.ts";

/** How loud a finding is; the user may set it for each rule. */
export type Severity = "error" | "warning" | "information" | "hint";

/**
 * Bytes that an edit takes off the sum of the layers. `measured`: the files are in the built image and the edit's effect on them is known;
 * `predicted`: the effect can only be known by a build. Never invented: where neither holds there is no saving at all.
 */
export interface Saving {
  readonly bytes: number;
  readonly basis: "measured" | "predicted";
}

/** An edit that mends a finding. */
export interface Fix {
  /** What it does, without the saving, in the imperative: `Delete the package lists in the same RUN`. */
  readonly title: string;
  /** `quickfix` mends what a finding reports; `refactor` is offered without one. */
  readonly kind: "quickfix" | "refactor";
  /** True when the container behaves as before whatever it does: such fixes are preferred, and made by "fix all". */
  readonly isSafe: boolean;
  /** Of the Dockerfile; they do not overlap. */
  readonly edits: readonly TextEdit[];
  /** The new text of a `.dockerignore` that must be made or extended; undefined when it stays as it is. */
  readonly dockerignore?: string;
  /** Undefined where no image was measured. */
  readonly saving: Saving | undefined;
}

/** What a rule reports. */
export interface Finding {
  /** The rule's. */
  readonly code: string;
  readonly severity: Severity;
  /** Where it is shown: the words that cause it, at least the keyword. */
  readonly span: Span;
  /** Index into `dockerfile.instructions`. */
  readonly instruction: number;
  /** One sentence or two, with the bytes where they are measured: `19.1 MB of package lists stay in this layer.` */
  readonly message: string;
  /** Bytes that mending it takes off; undefined where no image was measured. */
  readonly saving: Saving | undefined;
  /** Best first; empty when it has to be mended by hand. Worked out when it is first asked for. */
  readonly fixes: readonly Fix[];
  /** Other places of the file that belong to it. */
  readonly related: readonly { readonly span: Span; readonly message: string }[];
}

/** What `check` yields: code and severity are the rule's own unless a finding says otherwise. */
export interface Report
  extends Omit<Finding, "code" | "severity" | "fixes">, Partial<Pick<Finding, "severity">> {
  /** As in the finding. As a function it is called once, when somebody wants to mend: most findings are only shown. */
  readonly fixes: readonly Fix[] | (() => readonly Fix[]);
}

/** One thing that makes images heavier than they need be. A rule works on the text alone, and is exact with a built image. */
export interface Rule {
  /** Stable, kebab-case: users set and ignore it by this name, and its page is `docs/rules/CODE.md`. */
  readonly code: string;
  /** For lists of rules; what is wrong, without a full stop. */
  readonly title: string;
  readonly severity: Severity;
  /**
   * In text order where that is natural; undefined where the rest may be put off, so that others have their turn. Total: nothing in a text or an
   * image makes it throw. Nothing where the image shows that nothing is to be saved.
   */
  check(context: RuleContext): Iterable<Report | undefined>;
}
