import assert from "node:assert/strict";
import { test } from "node:test";
import type { Analysis } from "../../../server/src/core/analysis.ts";
import { noticesOf } from "../../../server/src/core/views/diagnostics.ts";
import { directiveFixes } from "../../../server/src/core/views/directiveHelp.ts";
import { textOf } from "../../../server/src/core/text/span.ts";
import { analysisOf, textAnalysisOf } from "../../support/analysisOf.ts";
import { anImage } from "../../support/imageBuilder.ts";

/** `severity code "covered text": message`, with related places behind arrows. */
function told(analysis: Analysis, imageTrouble?: string): readonly string[] {
  const cut = ({ start, end }: { start: number; end: number }) =>
    analysis.dockerfile.text.slice(start, end);
  return noticesOf(analysis, imageTrouble === undefined ? {} : { imageTrouble }).map(
    ({ severity, code, span, message, related }) =>
      [
        `${severity} ${code} "${cut(span)}": ${message}`,
        ...related.map((other) => `"${cut(other.span)}": ${other.message}`),
      ].join(" → "),
  );
}

const image = anImage()
  .base("bin/sh 70MB")
  .layer("a 20MB", { createdBy: "RUN /bin/sh -c a # buildkit" })
  .layer("b 30MB", { createdBy: "COPY b /b # buildkit" });

const file = (budget: string) => `# tare: budget=${budget}\nFROM x\nRUN a\nCOPY b /b\n`;

test("an image within its budget is not spoken of", () =>
  assert.deepEqual(told(analysisOf(file("120MB"), image)), []));

test("over budget: once at the last FROM, once at the line that crosses", () =>
  assert.deepEqual(told(analysisOf(file("100MB"), image)), [
    'error over-budget "FROM": The image weighs 120 MB, 20 MB over the budget of 100 MB. → "COPY": This line crosses the budget of 100 MB.',
    'error over-budget "COPY": This line crosses the budget of 100 MB; the image ends 20 MB over it. → "FROM": The image is built from here.',
  ]));

test("after an edit the verdict is that of the last build, and only a warning", () =>
  assert.match(
    told(analysisOf(file("100MB").replace("RUN a", "RUN a && more"), image))[0]!,
    /^warning over-budget "FROM": .* as last built; lines have changed since\. →/,
  ));

test("a base that is too heavy by itself is told once", () =>
  assert.deepEqual(told(analysisOf(file("60MB"), image)), [
    'error over-budget "FROM": The image weighs 120 MB, 60 MB over the budget of 60 MB.',
  ]));

test("the budget of the settings holds where the file has none", () =>
  assert.equal(
    told(analysisOf("FROM x\nRUN a\nCOPY b /b\n", image, { budgetBytes: 100e6 })).length,
    2,
  ));

test("no image, no verdict", () => assert.deepEqual(told(textAnalysisOf(file("1kB"))), []));

test("an image that cannot be read is told on the directive that names it", () =>
  assert.deepEqual(told(textAnalysisOf("# tare: image=gone\nFROM x\n"), "It is gone."), [
    'information image-unreadable "gone": It is gone.',
  ]));

test("a bad directive is told, what others say about syntax is not", () => {
  const analysis = textAnalysisOf("# tare: budgte=1MB\nFROM x\nRNU a\n");
  assert.equal(told(analysis).length, 1);
  assert.match(told(analysis)[0]!, /^warning bad-directive "budgte/);
});

/** The text after each fix of the only problem. */
function fixed(text: string): readonly string[] {
  const { dockerfile, problems } = textAnalysisOf(text);
  return directiveFixes(dockerfile, problems[0]!.span).map(
    ({ title, edit: { span, newText } }) =>
      `${title}: ${JSON.stringify(text.slice(0, span.start) + newText + text.slice(span.end))}`,
  );
}

test("an unknown key near a known one can be respelled or removed", () => {
  assert.deepEqual(fixed("# tare: budgte=1MB image=a\nFROM x\n"), [
    'Change to budget: "# tare: budget=1MB image=a\\nFROM x\\n"',
    'Remove budgte: "# tare: image=a\\nFROM x\\n"',
  ]);
  assert.deepEqual(fixed("# tare: image=a trans=1MB\nFROM x\n"), [
    'Change to transfer-budget: "# tare: image=a transfer-budget=1MB\\nFROM x\\n"',
    'Remove trans: "# tare: image=a\\nFROM x\\n"',
  ]);
});

test("a key that is set twice can be removed, a bad value has no fix", () => {
  assert.deepEqual(fixed("# tare: image=a\n# tare: image=b\nFROM x\n"), [
    'Remove image: "# tare: image=a\\nFROM x\\n"',
  ]);
  assert.deepEqual(fixed("# tare: budget=lots\nFROM x\n"), []);
});

test("removing the only key removes the comment line", () =>
  assert.deepEqual(fixed("# tare: colour=red\nFROM x\n"), ['Remove colour: "FROM x\\n"']));

test("each of very many bad directives is told, and can be removed", () => {
  const lines = Array.from({ length: 10_000 }, (_, index) => `# tare: colour${index}=red\n`);
  const text = `FROM x\n${lines.join("")}RUN a\n`;
  const analysis = textAnalysisOf(text);
  assert.equal(told(analysis).length, lines.length);
  assert.match(told(analysis).at(-1)!, /^warning bad-directive "colour9999"/);
  const fixes = analysis.problems.map(({ span }) => directiveFixes(analysis.dockerfile, span));
  assert.deepEqual(
    fixes.flat().map(({ edit }) => textOf(text, edit.span)),
    lines,
  );
});

test("each of very many unknown words of one comment can be removed, whatever they are", () => {
  const words = Array.from({ length: 8000 }, (_, index) => ` word${index}`);
  for (const start of ["# tare:", "# tare: image=a"]) {
    const text = `${start}${words.join("")}\nFROM x\n`;
    const { dockerfile, problems } = textAnalysisOf(text);
    const fixes = problems.flatMap(({ span }) => directiveFixes(dockerfile, span));
    assert.deepEqual(
      fixes.map(({ edit }) => textOf(text, edit.span)),
      words,
    );
  }
});
