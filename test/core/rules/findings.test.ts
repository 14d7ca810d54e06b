import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDockerfile } from "../../../server/src/core/dockerfile/parse.ts";
import { toRuleContext } from "../../../server/src/core/rules/context.ts";
import type { Image } from "../../../server/src/core/image/image.ts";
import { finish, type Piecework } from "../../../server/src/core/image/piecework.ts";
import { attribute } from "../../../server/src/core/join/attribute.ts";
import type { RuleSeverities } from "../../../server/src/core/rules/findings.ts";
import { findFindings } from "../../../server/src/core/rules/findings.ts";
import { ignoreEdit, unknownIgnored } from "../../../server/src/core/rules/ignoring.ts";
import { createRuleMemory } from "../../../server/src/core/rules/memory.ts";
import type { Finding, Rule } from "../../../server/src/core/rules/rule.ts";
import { sourceMaps } from "../../../server/src/core/rules/sourceMaps.ts";
import { applyEdits } from "../../../server/src/core/text/edit.ts";
import { textOf } from "../../../server/src/core/text/span.ts";
import { checkFix, checkRule } from "../../support/checkRule.ts";
import { anImage } from "../../support/imageBuilder.ts";

/** Reports every RUN of the given word, and takes the word away. */
const wordRule = (word: string, code = `${word}-found`): Rule => ({
  code,
  title: `The word ${word}`,
  severity: "warning",
  *check({ dockerfile: { instructions } }) {
    for (const { index, keyword, words } of instructions) {
      const found = words.find(({ text }) => text === word);
      if (keyword !== "RUN" || found === undefined) continue;
      yield {
        span: found.span,
        instruction: index,
        message: `There is ${word}.`,
        saving: undefined,
        fixes: [
          {
            title: `Take ${word} away`,
            kind: "quickfix",
            isSafe: true,
            edits: [{ span: found.span, newText: "true" }],
            saving: undefined,
          },
        ],
        related: [],
      };
    }
  },
});

const milk = wordRule("milk");
const eggs = wordRule("eggs");

/** `line: severity code`, one-based. */
function found(text: string, severities: RuleSeverities = {}): readonly string[] {
  const context = toRuleContext({
    dockerfile: parseDockerfile(text),
    image: undefined,
    attribution: undefined,
    surroundings: { isDockerignoreKnown: false },
    memory: createRuleMemory(),
  });
  return finish(findFindings(context, severities, [milk, eggs])).map(
    ({ span, severity, code }) =>
      `${text.slice(0, span.start).split("\n").length}: ${severity} ${code}`,
  );
}

test("findings come in the order of the text, whatever the order of the rules", () => {
  assert.deepEqual(found("FROM x\nRUN eggs\nRUN milk eggs\nRUN milk\n"), [
    "2: warning eggs-found",
    "3: warning milk-found",
    "3: warning eggs-found",
    "4: warning milk-found",
  ]);
});

test("the user sets how loud a rule is, or turns it off; names that are no rule do nothing", () => {
  const text = "FROM x\nRUN milk eggs\n";
  assert.deepEqual(found(text, { "milk-found": "error", "eggs-found": "off", other: "off" }), [
    "2: error milk-found",
  ]);
});

test("ignore above or inside an instruction speaks of it alone, at the top of the whole file", () => {
  assert.deepEqual(
    found(`FROM x
# tare: ignore=milk-found
# why
RUN milk eggs
RUN milk \\
  # tare: ignore="eggs-found,milk-found"
  eggs
RUN milk
`),
    ["4: warning eggs-found", "8: warning milk-found"],
  );
  assert.deepEqual(found("# tare: ignore=milk-found,other\nFROM x\nRUN milk eggs\nRUN milk\n"), [
    "3: warning eggs-found",
  ]);
});

test("a name in ignore that no rule has is told, with the one that was meant", () => {
  const text = `# tare: ignore="milk-foud,eggs-found,bread"\nFROM x\n`;
  assert.deepEqual(
    unknownIgnored(parseDockerfile(text), ["milk-found", "eggs-found"]).map(
      ({ span, message }) => `${textOf(text, span)}: ${message}`,
    ),
    [
      'milk-foud: Tare has no rule "milk-foud", so this ignores nothing: did you mean milk-found?',
      'bread: Tare has no rule "bread", so this ignores nothing: take it out.',
    ],
  );
});

/** The text after a rule was ignored there; undefined where it cannot be. */
function ignoring(text: string, instruction: number | "file", code = "milk-found") {
  const edit = ignoreEdit(parseDockerfile(text), code, instruction);
  return edit === undefined ? undefined : applyEdits(text, [edit]);
}

test("ignoring here writes a comment above the instruction, in its indentation and line ends", () => {
  assert.equal(
    ignoring("FROM x\r\n# why\r\n  RUN milk\r\n", 1),
    "FROM x\r\n# why\r\n  # tare: ignore=milk-found\r\n  RUN milk\r\n",
  );
});

test("ignoring again extends the comment that is there, quoted or not", () => {
  assert.equal(
    ignoring("FROM x\n# tare: ignore=a\nRUN milk\n", 1),
    "FROM x\n# tare: ignore=a,milk-found\nRUN milk\n",
  );
  assert.equal(
    ignoring('# tare: image=y ignore="a" \nFROM x\nRUN milk\n', "file"),
    '# tare: image=y ignore="a,milk-found" \nFROM x\nRUN milk\n',
  );
});

test("ignoring in the file stands below parser directives, above the first instruction", () => {
  assert.equal(
    ignoring("# syntax=docker/dockerfile:1\nFROM x\nRUN milk\n", "file"),
    "# syntax=docker/dockerfile:1\n# tare: ignore=milk-found\nFROM x\nRUN milk\n",
  );
});

test("what stands above the first instruction speaks of the file, so it alone cannot be ignored", () => {
  assert.equal(ignoring("FROM x\n", 0), undefined);
  assert.equal(ignoring("", "file"), undefined);
});

test("after ignoring, there and in the file, the finding is gone", () => {
  const text = "FROM x\nRUN eggs\nRUN milk eggs\n";
  assert.deepEqual(found(ignoring(text, 2) ?? ""), [
    "2: warning eggs-found",
    "4: warning eggs-found",
  ]);
  assert.deepEqual(found(ignoring(text, "file") ?? ""), [
    "3: warning eggs-found",
    "4: warning eggs-found",
  ]);
});

test("expected findings stand under their lines, also in heredocs", () =>
  checkRule(
    milk,
    undefined,
    `FROM x
RUN milk
#   ^^^^ milk-found: There is milk.
RUN bread
RUN a \\
  milk
# ^^^^ milk-found: There is milk.
`,
  ));

test("a fix is made, and leaves nothing to fix", () =>
  checkFix(milk, undefined, "FROM x\nRUN milk\n", "FROM x\nRUN true\n"));

test("an expectation that is not met fails", () => {
  assert.throws(() => checkRule(milk, undefined, "FROM x\nRUN milk\n"));
  assert.throws(() =>
    checkRule(milk, undefined, "FROM x\n#^^^ milk-found: There is milk.\nRUN a\n"),
  );
  assert.throws(() => checkFix(milk, undefined, "FROM x\nRUN eggs\n", "FROM x\nRUN true\n"));
});

test("what rules want to know of a large image is found in pieces, and an edit does not begin anew", () => {
  const files = Object.fromEntries(
    Array.from({ length: 5000 }, (_, at) => [`app/${at}.js.map`, "1kB"]),
  );
  const read = anImage().base("bin/sh 1MB").layer(files, npmCi).read();
  const memory = createRuleMemory();
  const findingsWith = (text: string): Piecework<readonly Finding[]> => {
    const dockerfile = parseDockerfile(text);
    const image: Image = { state: "read", description: read.description, read };
    const attribution = attribute(dockerfile, image);
    const surroundings = { isDockerignoreKnown: false };
    const context = toRuleContext({ dockerfile, image, attribution, surroundings, memory });
    return findFindings(context, {}, [sourceMaps]);
  };
  const before = findingsWith("FROM node:22\nRUN npm ci\n");
  assert.equal(before.next().done, false);
  const after = piecesOf(findingsWith("FROM node:22\nRUN npm ci\nUSER app\n"));
  assert.deepEqual(
    after.value.map(({ message }) => message),
    ["5 MB of source maps are in this layer; programs run without them."],
  );
  const rest = piecesOf(before);
  assert.equal(rest.value.length, 1);
  assert.ok(after.count > rest.count, `${after.count} pieces, and ${rest.count} when known`);
});

const npmCi = { createdBy: "RUN /bin/sh -c npm ci # buildkit" };

function piecesOf<T>(work: Piecework<T>): { readonly value: T; readonly count: number } {
  for (let count = 1; ; count += 1) {
    const step = work.next();
    if (step.done === true) return { value: step.value, count };
  }
}
