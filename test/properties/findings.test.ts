import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Analysis, Finding, Image } from "../../server/src/core/analysis.ts";
import { analyse, applyEdits, parseDockerfile } from "../../server/src/core/analysis.ts";
import { combineFixes, safeFixes } from "../../server/src/core/views/combinedFixes.ts";
import type { LayerSpec } from "../support/imageBuilder.ts";
import { anImage } from "../support/imageBuilder.ts";
import { anyInstruction } from "../support/anyInstruction.ts";

/** Pieces of Dockerfiles, with sense and without. */
const piece = fc.constantFrom(
  "FROM ",
  "FROM scratch\n",
  "FROM debian:12 AS build\n",
  "RUN ",
  "RUN apt-get update && ",
  "apt-get install -y curl",
  "pip install flask",
  "npm ci",
  "apk add --virtual .d gcc",
  "rm -rf /var/lib/apt/lists/*",
  "COPY --from=build /a /b\n",
  "COPY . .\n",
  "ADD https://x/y.tar.gz /\n",
  "USER app\n",
  "ENV PIP_NO_CACHE_DIR=1\n",
  'SHELL ["/bin/bash", "-c"]\n',
  'RUN ["sh", "-c", "apt-get update"]\n',
  "<<EOF\n",
  "EOF\n",
  "set -e\n",
  " && ",
  " || ",
  " ; ",
  " | ",
  " & ",
  "\\\n",
  "# tare: ignore=a",
  "# comment\n",
  "$(",
  ")",
  "'",
  '"',
  "`",
  "{",
  "if true; then ",
  "fi",
  "> /f",
  "\n",
  "\r\n",
  "--mount=type=cache,target=/root/.cache ",
  "\u0000",
  "é😀",
);
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 120 }),
  fc.array(piece, { maxLength: 40 }).map((parts) => parts.join("")),
);

const paths = [
  "var/lib/apt/lists/main",
  "var/cache/apt/archives/gcc.deb",
  "var/cache/apk/x.apk",
  "root/.cache/pip/wheel",
  "root/.npm/_cacache/x",
  "root/.cargo/registry/x",
  "root/.m2/repository/x.jar",
  "app/.git/objects/pack",
  "app/.env",
  "app/a",
  "app/b",
  "app/node_modules/x/index.js",
  "app/node_modules/x/test/y.js",
  "app/x.js.map",
  "app/__pycache__/x.pyc",
  "tool.tar.gz",
  "usr/lib/libx.a",
  "usr/share/doc/x/README",
  "usr/share/locale/de/x.mo",
  "usr/bin/gcc",
] as const;
const file = fc.record({
  path: fc.constantFrom(...paths),
  size: fc.constantFrom(0, 1000, 150_000, 4_000_000),
  seed: fc.constantFrom("a", "b"),
  isDeleted: fc.boolean(),
});
const layer = fc
  .array(file, { maxLength: 6 })
  .map((files): LayerSpec =>
    Object.fromEntries(
      files.map(({ path, size, seed, isDeleted }) =>
        isDeleted ? [path.replace(/([^/]+)$/, ".wh.$1"), "0"] : [path, { size, seed }],
      ),
    ),
  );
const built = fc.array(fc.tuple(anyInstruction, layer), { minLength: 1, maxLength: 8 });

/** The image that a BuildKit build of these instructions would have recorded, with whatever files. */
function imageOf(steps: readonly (readonly [string, LayerSpec])[]): Image {
  const image = steps.reduce((before, [line, files]) => {
    const [keyword = ""] = line.split(" ", 1);
    const rest = line.slice(keyword.length + 1);
    if (keyword === "RUN") {
      const script = rest.replaceAll(/\\\n\s*(?:#.*\n\s*)?/g, "");
      return before.layer(files, { createdBy: `RUN /bin/sh -c ${script} # buildkit` });
    }
    if (keyword === "COPY" || keyword === "ADD") {
      return before.layer(files, { createdBy: `${line} # buildkit` });
    }
    return before.emptyRow(line);
  }, anImage().base("bin/sh 70MB"));
  const read = image.read();
  return { state: "read", description: read.description, read };
}

function checkFindings(analysis: Analysis): void {
  const { text } = analysis.dockerfile;
  const total = analysis.image?.state === "read" ? analysis.image.read.layerContentBytes : 0;
  for (const finding of analysis.findings) {
    const { span, related, saving, message, fixes } = finding;
    for (const place of [span, ...related.map((one) => one.span)]) {
      assert.ok(0 <= place.start && place.start <= place.end && place.end <= text.length);
    }
    assert.match(message, /^\S.*[.?]$/s);
    for (const one of [saving, ...fixes.map((fix) => fix.saving)]) {
      if (one === undefined) continue;
      assert.ok(Number.isSafeInteger(one.bytes) && one.bytes >= 0 && one.bytes <= total, message);
    }
    for (const fix of fixes) checkFix(analysis, finding, fix.edits);
  }
}

function checkFix(
  { dockerfile }: Analysis,
  { code }: Finding,
  edits: Finding["fixes"][number]["edits"],
): void {
  const { text, problems } = dockerfile;
  const ordered = edits.toSorted((a, b) => a.span.start - b.span.start);
  ordered.forEach(({ span }, index) => {
    assert.ok(span.start <= span.end && span.end <= text.length, code);
    assert.ok((ordered[index - 1]?.span.end ?? 0) <= span.start, `${code}: edits overlap`);
  });
  const after = parseDockerfile(applyEdits(text, edits));
  assert.ok(after.problems.length <= problems.length, `${code}: ${after.problems[0]?.message}`);
}

const runs = Number(process.env["TARE_RUNS"] ?? 300);

test("whatever the text, rules find or do not, and nothing throws", () => {
  fc.assert(
    fc.property(anyText, (text) => checkFindings(analyse(parseDockerfile(text), undefined))),
    { numRuns: runs * 4 },
  );
});

test("whatever the image, no saving is more than there is, and every edit stays sound", () => {
  fc.assert(
    fc.property(built, fc.boolean(), (steps, isEdited) => {
      const text = `FROM debian:12\n${steps.map(([line]) => line).join("\n")}\n`;
      const image = imageOf(steps);
      const files = { dockerignore: "node_modules\n", isDockerignoreKnown: true };
      const shown = isEdited ? text.replace("apt-get", "apt") : text;
      checkFindings(analyse(parseDockerfile(shown), image, {}, { files }));
    }),
    { numRuns: runs },
  );
});

test("all safe fixes at once leave a sound text, in which none of them is left to make", () => {
  fc.assert(
    fc.property(built, (steps) => {
      const text = `FROM debian:12\n${steps.map(([line]) => line).join("\n")}\n`;
      const before = analyse(parseDockerfile(text), imageOf(steps));
      const { edits, made } = combineFixes(safeFixes(before.findings));
      const after = analyse(parseDockerfile(applyEdits(text, edits)), undefined);
      assert.ok(after.dockerfile.problems.length <= before.dockerfile.problems.length);
      // Joined instructions leave no telling which one a finding was about.
      if (after.dockerfile.instructions.length < before.dockerfile.instructions.length) return;
      const again = combineFixes(safeFixes(after.findings)).made.map(({ finding }) => finding);
      for (const { finding } of made) {
        const isLeft = again.some(
          ({ code, message, instruction }) =>
            code === finding.code &&
            message === finding.message &&
            instruction === finding.instruction,
        );
        assert.ok(!isLeft, `${finding.code} is still there: ${finding.message}`);
      }
    }),
    { numRuns: runs },
  );
});
