import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDockerfile } from "../../../server/src/core/dockerfile/parse.ts";
import { textOf } from "../../../server/src/core/text/span.ts";

/** Each directive as `line: key=value … @ instruction it speaks of`. */
function directivesOf(text: string): readonly string[] {
  return parseDockerfile(text).directives.map(
    ({ line, settings, appliesTo }) =>
      `${line}: ${settings.map(({ key, value }) => `${key}=${value}`).join(" ")} @ ${appliesTo ?? "file"}`,
  );
}

/** Each problem as `text it points at: message`. */
function problemsOf(text: string): readonly string[] {
  return parseDockerfile(text).problems.map(
    ({ span, message }) => `${textOf(text, span)}: ${message}`,
  );
}

test("settings stand side by side, values may be quoted", () => {
  assert.deepEqual(directivesOf(`# tare: image=oci:image budget=1MB context="a b"\nFROM a`), [
    "0: image=oci:image budget=1MB context=a b @ file",
  ]);
});

test("a directive speaks of the instruction below or around it, at the top of the file", () => {
  const text = `# tare: ignore=a
FROM x
# tare: ignore=b
# why
RUN y \\
  # tare: ignore=c
  && z
`;
  assert.deepEqual(directivesOf(text), [
    "0: ignore=a @ file",
    "2: ignore=b @ 1",
    "5: ignore=c @ 1",
  ]);
});

test("other comments, and the words in a heredoc, are no directives", () => {
  assert.deepEqual(
    directivesOf("# tares: image=a\n#tare image=a\nRUN <<E\n# tare: image=a\nE\n"),
    [],
  );
});

const rows: readonly (readonly [string, ...(readonly string[])])[] = [
  ["# tare: image=a budget=1.5MiB transfer-budget=500kB target=micro\nFROM a"],
  [
    "# tare: colour=red\nFROM a",
    'colour: Tare has no directive "colour": it knows image, budget, transfer-budget, max-layers, target, platform, context, ignore.',
  ],
  ["# tare: budget=big\nFROM a", 'big: "big" is not a size: write for example budget=10MB.'],
  ["# tare: budget\nFROM a", "budget: budget needs a value: write budget=10MB."],
  ["# tare: image=\nFROM a", ": image needs a value: write image=NAME:TAG."],
  ["# tare:\nFROM a", '# tare:: Nothing is set here: write for example "# tare: image=NAME".'],
  [
    "# tare: budget=1MB\nFROM a\n# tare: budget=2MB\nRUN b",
    "budget: budget is set twice in this file, and the first one counts: remove one of them.",
  ],
  ["# tare: max-layers=12\n# tare: platform=linux/arm/v7 max-layers=9 target=micro\nFROM a"],
  ["# tare: platform=linux/arm64 budget=8MB\n# tare: platform=linux/arm/v7 budget=7MB\nFROM a"],
  [
    "# tare: platform=linux/arm64 budget=8MB\n# tare: budget=7MB platform=linux/arm64\nFROM a",
    "budget: budget is set twice in this file, and the first one counts: remove one of them.",
  ],
  [
    "# tare: platform=linux/arm64 platform=linux/amd64 budget=7MB\nFROM a",
    "platform: platform is set twice in this file, and the first one counts: remove one of them.",
  ],
  [
    "# tare: max-layers=few\nFROM a",
    'few: "few" is not a number of layers: write for example max-layers=12.',
  ],
  [
    "# tare: platform=arm64 budget=1MB\nFROM a",
    'arm64: "arm64" is not a platform: write for example platform=linux/arm64.',
  ],
  [
    "# tare: platform=linux/arm64 image=a\nFROM a",
    "platform: A platform alone limits nothing: write a limit beside it, such as budget=8MB.",
  ],
  [
    "FROM a\n# tare: ignore=x",
    "ignore: No instruction follows, so this ignores nothing: move it above the instruction.",
  ],
];

for (const [text, ...expected] of rows) {
  test(`problems of ${JSON.stringify(text)}`, () => assert.deepEqual(problemsOf(text), expected));
}
