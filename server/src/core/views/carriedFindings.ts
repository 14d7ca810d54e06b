import type { Finding } from "../rules/rule.ts";
import type { Span } from "../text/span.ts";

/**
 * Findings of an older text where they stand in a newer one: what is before the changed part stays, what is behind it moves along, what touches it is
 * left out, for nobody knows whether it still holds. For the moment between a key and the rules' new answer. O(length of the texts).
 */
export function carryFindings(
  findings: readonly Finding[],
  oldText: string,
  newText: string,
): readonly Finding[] {
  if (oldText === newText) return findings;
  const shorter = Math.min(oldText.length, newText.length);
  let start = 0;
  while (start < shorter && oldText[start] === newText[start]) start += 1;
  let tail = 0;
  while (
    tail < shorter - start &&
    oldText[oldText.length - 1 - tail] === newText[newText.length - 1 - tail]
  ) {
    tail += 1;
  }
  const oldEnd = oldText.length - tail;
  const shift = newText.length - oldText.length;
  const carry = (span: Span): Span | undefined => {
    if (span.end < start) return span;
    if (span.start < oldEnd || span.start <= start) return undefined;
    return { start: span.start + shift, end: span.end + shift };
  };
  return findings.flatMap((finding): readonly Finding[] => {
    const span = carry(finding.span);
    if (span === undefined) return [];
    const related = finding.related.flatMap((other) => {
      const place = carry(other.span);
      return place === undefined ? [] : [{ ...other, span: place }];
    });
    return [{ ...finding, span, related, fixes: [] }];
  });
}
