import { targets } from "../bases/targets.ts";
import { directiveAround } from "../dockerfile/directiveScope.ts";
import { trimmedEnd } from "../dockerfile/logicalLines.ts";
import type { Dockerfile, TareDirective, TareSetting } from "../dockerfile/syntax.ts";
import { ignoredRules } from "../rules/ignoring.ts";
import { rules } from "../rules/registry.ts";
import type { Span } from "../text/span.ts";
import { nearestName } from "../text/nearestName.ts";
import { textOf, touches } from "../text/span.ts";
import type { DirectiveVerdicts } from "./directiveValue.ts";
import { directiveValueAt } from "./directiveValue.ts";

/** A key of `# tare:` comments, explained. */
export interface DirectiveKey {
  readonly key: string;
  /** One sentence or two, plain text. */
  readonly meaning: string;
  readonly example: string;
}

/** The keys there are, in the order of DESIGN §5. */
export const directiveKeys: readonly DirectiveKey[] = [
  {
    key: "image",
    meaning:
      "The built image whose layers are measured: a name in the container engine, docker-archive:PATH or oci:PATH[:tag]. Paths are relative to this Dockerfile.",
    example: "image=app:latest",
  },
  {
    key: "budget",
    meaning:
      "The most bytes that all layers together may hold. Above the FROM of an earlier stage: those of that stage.",
    example: "budget=10MB",
  },
  {
    key: "transfer-budget",
    meaning: "The most bytes that the compressed layers may have: what a registry sends.",
    example: "transfer-budget=5MB",
  },
  {
    key: "max-layers",
    meaning: "The most layers that the image may have, those of its base included.",
    example: "max-layers=12",
  },
  {
    key: "target",
    meaning:
      "A named set of limits, for those that are not written as a size. Above the FROM of an earlier stage its budget holds for that stage.",
    example: "target=micro",
  },
  {
    key: "platform",
    meaning:
      "The limits on this comment line hold for images of this platform only, in place of those without a platform. A platform without a variant stands for all of its variants.",
    example: "platform=linux/arm64 budget=8MB",
  },
  {
    key: "context",
    meaning: "The build context, as a path relative to this Dockerfile.",
    example: "context=../..",
  },
  {
    key: "ignore",
    meaning:
      "Rules that say nothing about the instruction below, or about the whole file when written above the first instruction.",
    example: "ignore=rule,rule",
  },
];

/** What of a `# tare:` comment is under the offset, explained: a key, or a value that says more than its text. Undefined anywhere else. */
export function directiveHelpAt(
  analysis: DirectiveVerdicts,
  offset: number,
): { readonly span: Span; readonly help: DirectiveKey } | undefined {
  const { dockerfile } = analysis;
  const settings = dockerfile.directives.flatMap((directive) => directive.settings);
  const setting = settings.find(({ keySpan }) => touches(keySpan, offset));
  const help = directiveKeys.find(({ key }) => key === setting?.key);
  if (setting !== undefined && help !== undefined) return { span: setting.keySpan, help };
  const valued = settings.find(({ valueSpan }) => touches(valueSpan, offset));
  return valued && directiveValueAt(analysis, valued, offset);
}

/** An edit that mends a `# tare:` comment. */
export interface DirectiveFix {
  readonly title: string;
  readonly edit: { readonly span: Span; readonly newText: string };
  /** True when it is the obvious thing to do. */
  readonly isPreferred: boolean;
}

/**
 * What can be done about the key that a problem of a `# tare:` comment points at: another spelling when a known one is near, and taking the
 * setting out. Empty when the span covers no key, such as for a bad value.
 */
export function directiveFixes(dockerfile: Dockerfile, span: Span): readonly DirectiveFix[] {
  const directive = directiveAround(dockerfile, span);
  const key = textOf(dockerfile.text, span);
  if (directive === undefined || !/^[^\s=#:]+$/.test(key)) return [];
  const line = directive.span;
  const ignoring = ignoreAt(directive, span);
  if (ignoring !== undefined) {
    return spellings(key, span, ruleCodes, removedName(dockerfile.text, line, ignoring, span));
  }
  if (isTarget(directive, span)) {
    const near = nearestName(key, targetNames);
    return near === undefined ? [] : spellings(key, span, targetNames, span).slice(0, 1);
  }
  if (dockerfile.text[span.start - 1] === "=") return [];
  const keys = directiveKeys.map((known) => known.key);
  return spellings(key, span, keys, removedSpan(dockerfile.text, line, span));
}

const ruleCodes = rules.map(({ code }) => code);

const targetNames = targets.map(({ name }) => name);

function isTarget({ settings }: TareDirective, span: Span): boolean {
  return settings.some(({ key, valueSpan }) => key === "target" && valueSpan.start === span.start);
}

/** The `ignore` that names a rule at the span. */
function ignoreAt({ settings }: TareDirective, span: Span): TareSetting | undefined {
  return settings.find(
    (setting) =>
      touches(setting.valueSpan, span.start) &&
      ignoredRules(setting).some((name) => name.span.start === span.start),
  );
}

function spellings(
  word: string,
  span: Span,
  known: readonly string[],
  removed: Span,
): readonly DirectiveFix[] {
  const near = known.includes(word) ? undefined : nearestName(word, known);
  return [
    ...(near === undefined
      ? []
      : [{ title: `Change to ${near}`, edit: { span, newText: near }, isPreferred: true }]),
    { title: `Remove ${word}`, edit: { span: removed, newText: "" }, isPreferred: false },
  ];
}

/** The name with one comma beside it; the whole setting when no other rule is named there. */
function removedName(text: string, line: Span, setting: TareSetting, name: Span): Span {
  const names = ignoredRules(setting);
  const at = names.findIndex(({ span }) => span.start === name.start);
  const previous = names[at - 1];
  const next = names[at + 1];
  if (previous !== undefined) return { start: previous.span.end, end: name.end };
  if (next !== undefined) return { start: name.start, end: next.span.start };
  return removedSpan(text, line, setting.keySpan);
}

/** The setting with the blanks before it; the whole comment line when nothing else is set there. */
function removedSpan(text: string, line: Span, key: Span): Span {
  const value = /^(?:=(?:"[^"]*"?|'[^']*'?|\S*))?/.exec(text.slice(key.end, line.end))?.[0] ?? "";
  const end = key.end + value.length;
  const isFirst = /^[ \t]*#[ \t]*tare:\s*$/.test(text.slice(line.start, key.start));
  if (isFirst && text.slice(end, line.end).trim() === "") {
    const lineEnd = text.indexOf("\n", line.end);
    return {
      start: text.lastIndexOf("\n", line.start - 1) + 1,
      end: lineEnd === -1 ? text.length : lineEnd + 1,
    };
  }
  return { start: trimmedEnd(text, key.start, line.start), end };
}
