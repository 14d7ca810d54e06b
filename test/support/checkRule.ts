import assert from "node:assert/strict";
import { parseDockerfile } from "../../server/src/core/dockerfile/parse.ts";
import type { Image, ReadImage } from "../../server/src/core/image/image.ts";
import { attribute } from "../../server/src/core/join/attribute.ts";
import type { RuleSurroundings } from "../../server/src/core/rules/context.ts";
import { toRuleContext } from "../../server/src/core/rules/context.ts";
import { finish } from "../../server/src/core/image/piecework.ts";
import { findFindings } from "../../server/src/core/rules/findings.ts";
import { createRuleMemory } from "../../server/src/core/rules/memory.ts";
import type { Finding, Rule } from "../../server/src/core/rules/rule.ts";
import { applyEdits } from "../../server/src/core/text/edit.ts";
import type { Span } from "../../server/src/core/text/span.ts";
import type { ImageBuilder } from "./imageBuilder.ts";

/** An image in any state of being made or known. */
export type SomeImage = ImageBuilder | ReadImage | Image;

/** What stands around a Dockerfile in a test. */
export interface RuleOptions {
  /** Text of the `.dockerignore`; null where it was looked for and there is none. Left out: nobody looked. */
  readonly dockerignore?: string | null;
}

/** Which fix of the first finding, and what is to be left afterwards. */
export interface FixOptions extends RuleOptions {
  /** Its title, or its place among the fixes; the first unless told. */
  readonly fix?: string | number;
  /** The `.dockerignore` afterwards, where the fix makes or extends it. */
  readonly dockerignoreAfter?: string;
  /** How many findings of the rule other lines still have afterwards; 0 unless told. */
  readonly remaining?: number;
}

/**
 * Runs one rule over a Dockerfile in which each expected finding is a comment under the line where it begins: `#^^ code: message`, carets
 * under its words, a `#` that touches a caret counting as column 0. These comments are taken out before.
 */
export function checkRule(
  rule: Rule,
  image: SomeImage | undefined,
  text: string,
  options: RuleOptions = {},
): void {
  const bare = withoutExpectations(text);
  assert.equal(withFindings(bare, ruleFindings(rule, image, bare, options)), text);
}

/** What one rule reports of a Dockerfile, for what carets cannot say; expectations in it are taken out before. */
export function ruleFindings(
  rule: Rule,
  image: SomeImage | undefined,
  text: string,
  options: RuleOptions = {},
): readonly Finding[] {
  const bare = withoutExpectations(text);
  const findings = findingsIn(rule, image, bare, options);
  findings.forEach((finding) => checkSound(finding, bare));
  return findings;
}

/**
 * Makes a fix of the first finding, and compares the whole text. The outcome must parse as clean as before, must no longer have the finding,
 * beside the image of before too, and has nothing left to fix again.
 */
export function checkFix(
  rule: Rule,
  image: SomeImage | undefined,
  before: string,
  after: string,
  options: FixOptions = {},
): void {
  const fixes = ruleFindings(rule, image, before, options)[0]?.fixes ?? [];
  const wanted = options.fix ?? 0;
  const fix =
    typeof wanted === "number" ? fixes[wanted] : fixes.find(({ title }) => title === wanted);
  const titles = fixes.map(({ title }) => title).join(", ");
  assert.ok(fix, `no fix ${wanted}; the first finding has: ${titles}`);
  const edited = applyEdits(before, fix.edits);
  assert.equal(edited, after);
  assert.equal(fix.dockerignore, options.dockerignoreAfter);
  assert.deepEqual(messages(edited), messages(before), "parses as clean as before");
  const then = fix.dockerignore === undefined ? options : { dockerignore: fix.dockerignore };
  for (const beside of [image, undefined]) {
    const left = findingsIn(rule, beside, edited, then);
    assert.equal(
      left.length,
      options.remaining ?? 0,
      `left: ${left.map(({ message }) => message).join(" ")}`,
    );
  }
}

function findingsIn(
  rule: Rule,
  image: SomeImage | undefined,
  text: string,
  { dockerignore }: RuleOptions,
): readonly Finding[] {
  const dockerfile = parseDockerfile(text);
  const snapshot = image === undefined ? undefined : toImage(image);
  const surroundings: RuleSurroundings =
    typeof dockerignore === "string"
      ? { dockerignore, isDockerignoreKnown: true }
      : { isDockerignoreKnown: dockerignore === null };
  const context = toRuleContext({
    dockerfile,
    image: snapshot,
    attribution: snapshot && attribute(dockerfile, snapshot),
    surroundings,
    memory: createRuleMemory(),
  });
  return finish(findFindings(context, {}, [rule]));
}

function toImage(image: SomeImage): Image {
  if ("state" in image) return image;
  const read = "finalTree" in image ? image : image.read();
  return { state: "read", description: read.description, read };
}

function messages(text: string): readonly string[] {
  return parseDockerfile(text).problems.map(({ message }) => message);
}

/** What holds for every finding of every rule. */
function checkSound({ span, message, saving, fixes, related }: Finding, text: string): void {
  assert.match(message, /^\S.*[.?]$/s, "a message is a sentence");
  assert.doesNotMatch(message, /undefined|NaN|\n/);
  [span, ...related.map((place) => place.span)].forEach((one) => checkInside(one, text));
  for (const fix of fixes) {
    assert.match(fix.title, /^[A-Z`].*[^.]$/, "a title is an imperative without full stop");
    const ordered = fix.edits.toSorted((a, b) => a.span.start - b.span.start);
    ordered.forEach((edit) => checkInside(edit.span, text));
    ordered.slice(1).forEach((edit, index) => {
      assert.ok(ordered[index]!.span.end <= edit.span.start, `edits of "${fix.title}" overlap`);
    });
  }
  for (const one of [saving, ...fixes.map((fix) => fix.saving)]) {
    if (one !== undefined) assert.ok(Number.isSafeInteger(one.bytes) && one.bytes >= 0);
  }
}

function checkInside({ start, end }: Span, text: string): void {
  assert.ok(0 <= start && start <= end && end <= text.length, `${start}–${end} is in the text`);
}

const expectation = /^# *\^+ [a-z][a-z0-9-]*: /;

function withoutExpectations(text: string): string {
  return text
    .split("\n")
    .filter((line) => !expectation.test(line))
    .join("\n");
}

function withFindings(text: string, findings: readonly Finding[]): string {
  let start = 0;
  return text
    .split("\n")
    .flatMap((line) => {
      const from = start;
      const end = from + line.length;
      start = end + 1;
      const here = findings.filter(({ span }) => from <= span.start && span.start <= end);
      return [line, ...here.map((finding) => underline(finding, from, end))];
    })
    .join("\n");
}

/** Only the first line of a span that covers several. */
function underline({ span, code, message }: Finding, lineStart: number, lineEnd: number): string {
  const column = span.start - lineStart;
  const width = Math.max(1, Math.min(span.end, lineEnd) - span.start);
  const carets =
    column === 0 ? "^".repeat(Math.max(1, width - 1)) : " ".repeat(column - 1) + "^".repeat(width);
  return `#${carets} ${code}: ${message}`;
}
