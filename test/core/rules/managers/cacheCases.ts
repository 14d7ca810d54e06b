import assert from "node:assert/strict";
import { test } from "node:test";
import type { Rule } from "../../../../server/src/core/rules/rule.ts";
import { checkFix, checkRule, ruleFindings } from "../../../support/checkRule.ts";
import { anImage } from "../../../support/imageBuilder.ts";

/** What a rule about a cache must do; every RUN stands behind `FROM base`. */
export interface CacheCases {
  /** The RUN, and the words that are underlined: reported on text alone. */
  readonly reported: readonly (readonly [run: string, words: string])[];
  /** Instructions, several in lines of their own, that are not reported without an image. */
  readonly silent: readonly string[];
  /** The message of a finding on text alone; left out where there is none. */
  readonly message?: string;
  /** `path size` of files of a layer that `RUN /install` wrote, and what is said of it. */
  readonly measured: readonly (readonly [files: string, message: string])[];
  /** Instructions before, after and which fix. */
  readonly fixes: readonly (readonly [before: string, after: string, title: string])[];
}

/** Runs all cases as tests, with what holds for every cache: silent where a layer has nothing, and in stages that are not shipped. */
export function testCacheRule(rule: Rule, cases: CacheCases): void {
  for (const [run, words] of cases.reported) {
    test(`reported: ${run}`, () => {
      const text = `FROM base\n${run}\n`;
      const found = ruleFindings(rule, undefined, text);
      assert.deepEqual(
        found.map(({ span, message }) => [text.slice(span.start, span.end), message]),
        [[words, cases.message]],
      );
      assert.equal(found[0]?.saving, undefined);
      checkRule(
        rule,
        undefined,
        `FROM base AS build\n${run}\nFROM scratch\nCOPY --from=build /a /\n`,
      );
      const nothing = anImage()
        .base("etc/passwd 1kB")
        .layer("usr/bin/a 1MB", { createdBy: `RUN /bin/sh -c ${run.slice(4)} # buildkit` });
      if (!run.includes("\n") && !/^RUN (?:--|\[)/.test(run)) checkRule(rule, nothing, text);
    });
  }
  for (const line of cases.silent) {
    test(`silent: ${line}`, () => checkRule(rule, undefined, `FROM base\n${line}\n`));
  }
  for (const [files, message] of cases.measured) {
    test(`measured: ${files}`, () => {
      const image = anImage()
        .base("etc/passwd 1kB")
        .layer(files, { createdBy: "RUN /bin/sh -c /install # buildkit" });
      checkRule(rule, image, `FROM base\nRUN /install\n#^^ ${rule.code}: ${message}\n`);
      const [finding] = ruleFindings(rule, image, "FROM base\nRUN /install\n");
      assert.equal(finding?.saving?.basis, "measured");
    });
  }
  for (const [before, after, title] of cases.fixes) {
    test(`${title}: ${before}`, () =>
      checkFix(rule, undefined, `FROM base\n${before}\n`, `FROM base\n${after}\n`, { fix: title }));
  }
}
