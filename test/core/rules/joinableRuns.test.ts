import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseDockerfile } from "../../../server/src/core/dockerfile/parse.ts";
import { attribute } from "../../../server/src/core/join/attribute.ts";
import { toRuleContext } from "../../../server/src/core/rules/context.ts";
import { joinRefactoring } from "../../../server/src/core/rules/joinRefactoring.ts";
import { joinableRuns } from "../../../server/src/core/rules/joinableRuns.ts";
import { manyLayers } from "../../../server/src/core/rules/manyLayers.ts";
import { createRuleMemory } from "../../../server/src/core/rules/memory.ts";
import type { Fix } from "../../../server/src/core/rules/rule.ts";
import { applyEdits } from "../../../server/src/core/text/edit.ts";
import { checkFix, checkRule, ruleFindings } from "../../support/checkRule.ts";
import { type ImageBuilder, anImage } from "../../support/imageBuilder.ts";

function run(script: string): { readonly createdBy: string } {
  return { createdBy: `RUN /bin/sh -c ${script} # buildkit` };
}

const twice = anImage()
  .base("usr/lib/libc.so 70MB")
  .layer("var/lib/db 3MB, a 1MB", run("install a"))
  .layer("var/lib/db 4MB, b 1MB", run("install b"))
  .layer("var/lib/db 5MB", run("install c"));

const threeRuns = `FROM debian:12
RUN install a
RUN install b
RUN install c
`;

suite("joinable-runs", () => {
  test("fires where RUNs write the same files, with what one RUN would save", () => {
    checkRule(
      joinableRuns,
      twice,
      `FROM debian:12
RUN install a
#^^ joinable-runs: 7 MB of this layer are written again by lines 3 and 4: one RUN would hold them once.
RUN install b
RUN install c
`,
    );
    const [finding] = ruleFindings(joinableRuns, twice, threeRuns);
    assert.deepEqual(finding?.saving, { bytes: 7e6, basis: "measured" });
    checkFix(
      joinableRuns,
      twice,
      threeRuns,
      `FROM debian:12
RUN install a \\
 && install b \\
 && install c
`,
    );
  });

  test("counts in the fix what is deleted between them too", () => {
    const image = anImage()
      .base("usr/lib/libc.so 70MB")
      .layer("db 3MB, tmp/a 2MB", run("install a"))
      .layer({ db: "4MB", "tmp/.wh.a": "0" }, run("install b"));
    const [finding] = ruleFindings(
      joinableRuns,
      image,
      "FROM debian:12\nRUN install a\nRUN install b\n",
    );
    assert.deepEqual(finding?.fixes[0]?.saving, { bytes: 5e6, basis: "measured" });
  });

  test("is silent without an image, where nothing is written twice, across other lines and stages", () => {
    checkRule(joinableRuns, undefined, threeRuns);
    const apart = anImage()
      .base("usr/lib/libc.so 70MB")
      .layer("a 1MB", run("install a"))
      .layer("b 1MB", run("install b"))
      .layer("c 1MB", run("install c"));
    checkRule(joinableRuns, apart, threeRuns);
    const copied = anImage()
      .base("usr/lib/libc.so 70MB")
      .layer("db 3MB", run("install a"))
      .layer("c 1MB", { createdBy: "COPY c / # buildkit" })
      .layer("db 4MB", run("install b"));
    checkRule(joinableRuns, copied, "FROM debian:12\nRUN install a\nCOPY c /\nRUN install b\n");
  });

  test("is silent where the outcome could mean something else", () => {
    const image = anImage()
      .base("usr/lib/libc.so 70MB")
      .layer("db 3MB", run("install a"))
      .layer("db 4MB", { createdBy: "RUN install b # buildkit" });
    checkRule(joinableRuns, image, 'FROM debian:12\nRUN install a\nRUN ["install", "b"]\n');
  });

  test("is silent about a few bytes", () => {
    const image = anImage()
      .base("usr/lib/libc.so 70MB")
      .layer("db 30kB", run("install a"))
      .layer("db 40kB", run("install b"));
    checkRule(joinableRuns, image, "FROM debian:12\nRUN install a\nRUN install b\n");
  });
});

suite("many-layers", () => {
  const many = (count: number): string =>
    `FROM debian:12\n${Array.from({ length: count }, (_, at) => `COPY a /a${at}\n`).join("")}`;
  const last = "COPY a /a";

  test("counts lines where no image is known", () => {
    checkRule(manyLayers, undefined, many(99));
    checkRule(
      manyLayers,
      undefined,
      `${many(100)}#^^^ many-layers: The image has at least 100 layers; Docker Engine accepts at most 125.\n`,
    );
  });

  test("counts layers where one is, and is an error past the limit", () => {
    const built = Array.from({ length: 20 }).reduce<ImageBuilder>(
      (image, _, at) => image.layer(`a${at} 1kB`, { createdBy: `COPY a /a${at} # buildkit` }),
      Array.from({ length: 106 }).reduce<ImageBuilder>(
        (image, _, at) => image.base(`base${at} 1kB`),
        anImage(),
      ),
    );
    const [finding] = ruleFindings(manyLayers, built, many(20));
    assert.equal(finding?.severity, "error");
    assert.equal(finding.message, "The image has 126 layers; Docker Engine refuses more than 125.");
  });

  test("does not count other stages", () => {
    checkRule(manyLayers, undefined, `${many(120)}FROM debian:12\n${last}\n`);
  });

  test("joins the longest row of RUNs", () => {
    const before = `${many(98)}RUN a\nRUN b\n`;
    checkFix(manyLayers, undefined, before, `${many(98)}RUN a \\\n && b\n`);
  });
});

suite("the refactoring that joins RUNs", () => {
  /** `<|>` once is a cursor, twice a selection. */
  function refactored(
    text: string,
    image?: ImageBuilder,
  ): { readonly fix: Fix; readonly text: string } | undefined {
    const [before = "", inside = "", behind] = text.split("<|>");
    const bare = before + inside + (behind ?? "");
    const start = before.length;
    const dockerfile = parseDockerfile(bare);
    const read = image?.read();
    const snapshot = read && ({ state: "read", description: read.description, read } as const);
    const context = toRuleContext({
      dockerfile,
      image: snapshot,
      attribution: snapshot && attribute(dockerfile, snapshot),
      surroundings: { isDockerignoreKnown: false },
      memory: createRuleMemory(),
    });
    const end = behind === undefined ? start : start + inside.length;
    const fix = joinRefactoring(context, { start, end });
    return fix && { fix, text: applyEdits(bare, fix.edits) };
  }

  test("joins what is selected, with its measured saving", () => {
    const made = refactored(
      "FROM debian:12\nRUN <|>install a\nRUN install b\nRUN ins<|>tall c\n",
      twice,
    );
    assert.equal(made?.text, "FROM debian:12\nRUN install a \\\n && install b \\\n && install c\n");
    assert.deepEqual(made?.fix.saving, { bytes: 7e6, basis: "measured" });
    assert.equal(made?.fix.kind, "refactor");
    assert.equal(made?.fix.title, "Join these 3 RUN instructions");
  });

  test("joins the cursor's RUN with the next one, or with the one before", () => {
    assert.equal(
      refactored("FROM a\nRUN x\nRUN <|>y\nRUN z\n")?.text,
      "FROM a\nRUN x\nRUN y \\\n && z\n",
    );
    assert.equal(refactored("FROM a\nRUN x\nRUN y<|>\n")?.text, "FROM a\nRUN x \\\n && y\n");
    assert.equal(refactored("FROM a\nRUN x\nRUN y<|>\n")?.fix.saving, undefined);
  });

  test("works in a build stage", () => {
    assert.equal(
      refactored("FROM a AS b\nRUN <|>x\nRUN y\nFROM c\nCOPY --from=b /a /a\n")?.text,
      "FROM a AS b\nRUN x \\\n && y\nFROM c\nCOPY --from=b /a /a\n",
    );
  });

  test("is not offered elsewhere", () => {
    for (const text of [
      "FROM a\nRUN x<|>\nCOPY a b\n",
      "FROM a\nRUN x<|>\n",
      "FROM <|>a\nRUN x\nRUN y\n",
      "FROM a\n<|>RUN x\nCOPY a b\nRUN y<|>\n",
      'FROM a\nRUN x\nRUN <|>["y"]\n',
    ]) {
      assert.equal(refactored(text), undefined, text);
    }
  });
});
