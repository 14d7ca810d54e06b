import { targets } from "../bases/targets.ts";
import type { Dockerfile, TareDirective } from "../dockerfile/syntax.ts";
import { rules } from "../rules/registry.ts";
import type { Span } from "../text/span.ts";
import { directiveKeys } from "./directiveHelp.ts";
import { targetLimits } from "./directiveValue.ts";

/** Something that can be written at a place of a `# tare:` comment. */
export interface DirectiveCompletion {
  readonly kind: "key" | "target" | "rule" | "image" | "platform";
  /** What is shown, and with `=` behind keys written in place of the span. */
  readonly label: string;
  readonly newText: string;
  readonly span: Span;
  /** A few words beside the label; "" for none. */
  readonly detail: string;
  /** Sentences, plain text; "" for none. */
  readonly documentation: string;
}

/**
 * What can be written at the offset, in the order in which it is offered: keys that the comment does not have, targets, rules that the
 * `ignore` does not name, images. Empty outside of `# tare:` comments and for values that nobody can know. `images` are references.
 */
export function directiveCompletions(
  dockerfile: Dockerfile,
  offset: number,
  images: readonly string[],
): readonly DirectiveCompletion[] {
  const directive = dockerfile.directives.find(
    ({ span }) => span.start <= offset && offset <= lineEnd(dockerfile.text, span.start),
  );
  const site = directive && siteAt(dockerfile.text, directive, offset);
  if (directive === undefined || site === undefined) return [];
  const { key, span } = site;
  switch (key) {
    case undefined:
      return keysFor(directive, span);
    case "target":
      return targets.map((target) => ({
        kind: "target",
        label: target.name,
        newText: target.name,
        span,
        detail: targetLimits(target),
        documentation: `${target.reason} Source: ${target.source}`,
      }));
    case "ignore":
      return rulesFor(dockerfile.text, site);
    case "platform":
      return platforms.map((platform) => ({ ...plain(platform, span), kind: "platform" }));
    case "image":
      return images.map((image) => ({ ...plain(image, span), kind: "image" }));
    default:
      return [];
  }
}

/** Those that images are mostly made for; any other can be written. */
const platforms: readonly string[] = ["linux/amd64", "linux/arm64", "linux/arm/v7"];

function plain(label: string, span: Span): Omit<DirectiveCompletion, "kind"> {
  return { label, newText: label, span, detail: "", documentation: "" };
}

interface Site {
  /** The key whose value is being written; undefined where a key is. */
  readonly key: string | undefined;
  /** What is replaced: the word around the offset, in lists the one between commas. */
  readonly span: Span;
  /** The whole word, key and value. */
  readonly word: Span;
}

/** Undefined inside of the marker itself. */
function siteAt(text: string, { span }: TareDirective, offset: number): Site | undefined {
  const end = lineEnd(text, span.start);
  const line = text.slice(span.start, end);
  const marked = span.start + line.indexOf(":", line.indexOf("tare")) + 1;
  if (offset < marked) return undefined;
  const start = offset - matched(/\S*$/, text.slice(marked, offset));
  const word = { start, end: offset + matched(/^\S*/, text.slice(offset, end)) };
  const equals = text.slice(start, word.end).indexOf("=");
  if (equals === -1) return { key: undefined, span: word, word };
  const keyEnd = start + equals;
  if (keyEnd >= offset) return { key: undefined, span: { start, end: keyEnd + 1 }, word };
  const from = offset - matched(/[^,"']*$/, text.slice(keyEnd + 1, offset));
  const to = offset + matched(/^[^,"']*/, text.slice(offset, word.end));
  return { key: text.slice(start, keyEnd), span: { start: from, end: to }, word };
}

/** Length of the first match. */
function matched(pattern: RegExp, text: string): number {
  return pattern.exec(text)?.[0].length ?? 0;
}

function keysFor({ settings }: TareDirective, span: Span): readonly DirectiveCompletion[] {
  const taken = settings
    .filter(({ keySpan }) => keySpan.start !== span.start)
    .map(({ key }) => key);
  return directiveKeys
    .filter(({ key }) => !taken.includes(key))
    .map(({ key, meaning, example }) => ({
      kind: "key",
      label: key,
      newText: `${key}=`,
      span,
      detail: example,
      documentation: meaning,
    }));
}

function rulesFor(text: string, { span, word }: Site): readonly DirectiveCompletion[] {
  const others = text.slice(word.start, span.start) + text.slice(span.end, word.end);
  const named = others.replace(/^ignore=/, "").split(/[,"']+/);
  return rules
    .filter(({ code }) => !named.includes(code))
    .map(({ code, title }) => ({ ...plain(code, span), kind: "rule", detail: title }));
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  const at = end === -1 ? text.length : end;
  return text[at - 1] === "\r" ? at - 1 : at;
}
