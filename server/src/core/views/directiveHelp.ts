import type { Dockerfile, TareSetting } from "../dockerfile/syntax.ts";
import type { Span } from "../text/span.ts";
import { touches } from "../text/span.ts";

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
    meaning: "The most bytes that all layers together may hold.",
    example: "budget=10MB",
  },
  {
    key: "transfer-budget",
    meaning: "The most bytes that the compressed layers may have: what a registry sends.",
    example: "transfer-budget=5MB",
  },
  {
    key: "target",
    meaning: "A named set of limits that the image is held against.",
    example: "target=micro",
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

/** The key of a `# tare:` comment under the offset, with its explanation; undefined anywhere else and for unknown keys. */
export function directiveHelpAt(
  dockerfile: Dockerfile,
  offset: number,
): { readonly span: Span; readonly help: DirectiveKey } | undefined {
  const setting = settingAt(dockerfile, offset);
  const help = directiveKeys.find(({ key }) => key === setting?.key);
  return setting === undefined || help === undefined ? undefined : { span: setting.keySpan, help };
}

function settingAt({ directives }: Dockerfile, offset: number): TareSetting | undefined {
  return directives
    .flatMap(({ settings }) => settings)
    .find(({ keySpan }) => touches(keySpan, offset));
}

/** An edit that mends a `# tare:` comment. */
export interface DirectiveFix {
  readonly title: string;
  readonly edit: { readonly span: Span; readonly newText: string };
  /** True when it is the obvious thing to do. */
  readonly isPreferred: boolean;
}

/** What can be done about unknown keys in the span: another spelling when one is near, and taking the setting out. Empty when all keys are known. */
export function directiveFixes(dockerfile: Dockerfile, span: Span): readonly DirectiveFix[] {
  return dockerfile.directives.flatMap((directive) =>
    directive.settings
      .filter(({ keySpan, valueSpan }) => keySpan.start <= span.end && span.start <= valueSpan.end)
      .filter(({ key }) => directiveKeys.every((known) => known.key !== key))
      .flatMap((setting) => {
        const near = nearestKey(setting.key);
        return [
          ...(near === undefined ? [] : [respelled(setting, near)]),
          removed(dockerfile, directive.span, directive.settings, setting),
        ];
      }),
  );
}

function respelled(setting: TareSetting, key: string): DirectiveFix {
  return {
    title: `Change to ${key}=`,
    edit: { span: setting.keySpan, newText: key },
    isPreferred: true,
  };
}

/** Takes out the whole comment line when nothing else is in it. */
function removed(
  { text }: Dockerfile,
  line: Span,
  settings: readonly TareSetting[],
  setting: TareSetting,
): DirectiveFix {
  const lineStart = text.lastIndexOf("\n", line.start - 1) + 1;
  const lineEnd = text.indexOf("\n", line.end);
  const blanksBefore = /[ \t]*$/.exec(text.slice(line.start, setting.keySpan.start))?.[0] ?? "";
  const span =
    settings.length === 1
      ? { start: lineStart, end: lineEnd === -1 ? text.length : lineEnd + 1 }
      : { start: setting.keySpan.start - blanksBefore.length, end: setting.valueSpan.end };
  return { title: `Remove ${setting.key}`, edit: { span, newText: "" }, isPreferred: false };
}

/** The known key that at most two changed letters, or a missing end, make of the text. */
function nearestKey(text: string): string | undefined {
  const lower = text.toLowerCase();
  if (lower.length > 32) return undefined;
  const near = directiveKeys
    .map(({ key }) => ({ key, distance: editDistance(lower, key) }))
    .filter(({ key, distance }) => distance <= 2 || (lower.length > 2 && key.startsWith(lower)))
    .sort((a, b) => a.distance - b.distance);
  return near[0]?.key;
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(change, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
