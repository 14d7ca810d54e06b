import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseDockerfile } from "../../server/src/core/dockerfile/parse.ts";
import { attribute } from "../../server/src/core/join/attribute.ts";
import { type ImageBuilder, anImage } from "../support/imageBuilder.ts";

/** Lines with the row and the bytes that a build of them leaves; `bytes` 0 for none. */
const line = fc.constantFrom(
  { text: "RUN make", row: "RUN /bin/sh -c make # buildkit", bytes: 5 },
  { text: "RUN make install", row: "RUN /bin/sh -c make install # buildkit", bytes: 7 },
  { text: "COPY a /a", row: "COPY a /a # buildkit", bytes: 11 },
  { text: "COPY $V /a", row: "COPY b /a # buildkit", bytes: 13 },
  { text: "ENV A=b", row: "ENV A=b", bytes: 0 },
  { text: "CMD x", row: 'CMD ["/bin/sh" "-c" "x"]', bytes: 0 },
);
type Line = { readonly text: string; readonly row: string; readonly bytes: number };
const lines = fc.array(line, { maxLength: 12 });

function build(base: readonly Line[], own: readonly Line[]): ImageBuilder {
  return [...base, ...own].reduce(
    (image, { row, bytes }, at) =>
      bytes === 0
        ? image.emptyRow(row)
        : image.layer({ [`f${at}`]: String(bytes) }, { createdBy: row }),
    anImage(),
  );
}

function join(text: string, image: ImageBuilder): ReturnType<typeof attribute> {
  const read = image.read();
  return attribute(parseDockerfile(text), { state: "read", description: read.description, read });
}

test("whatever was edited, a layer has one line at most, in order, and all bytes are told apart", () => {
  fc.assert(
    fc.property(lines, lines, lines, (base, built, edited) => {
      const image = build(base, built);
      const text = ["FROM x", ...edited.map((one) => one.text)].join("\n");
      const { instructions, layers, reason, unattributedBytes } = join(text, image);
      const given = instructions.flatMap((weight) => weight.layers);
      assert.deepEqual(
        given,
        [...given].sort((a, b) => a - b),
        "out of order",
      );
      assert.equal(new Set(given).size, given.length, "a layer has two lines");
      for (const [index, { instruction }] of layers.entries()) {
        if (instruction !== undefined) assert.ok(instructions[instruction]?.layers.includes(index));
      }
      if (reason !== undefined) return;
      const told = instructions.reduce((sum, { contentBytes }) => sum + (contentBytes ?? 0), 0);
      const read = image.read();
      const untold = layers.reduce(
        (sum, { origin }, layer) =>
          sum + (origin === "unknown" ? (read.layers[layer]?.contentBytes ?? 0) : 0),
        0,
      );
      assert.equal(told + untold + (unattributedBytes ?? 0), read.layerContentBytes);
    }),
    { numRuns: 300 },
  );
});

test("a file that was not edited gets every byte of its own, whatever its base", () => {
  const withFiles = lines.filter((own) => own.some(({ bytes }) => bytes > 0));
  fc.assert(
    fc.property(withFiles, (own) => {
      const base = [{ text: "", row: "/bin/sh -c #(nop) ADD file:0123 in / ", bytes: 100 }];
      const text = ["FROM x", ...own.map((one) => one.text)].join("\n");
      const { instructions, matchRatio } = join(text, build(base, own));
      assert.equal(matchRatio, 1);
      assert.deepEqual(
        instructions.map(({ contentBytes }) => contentBytes),
        [100, ...own.map(({ bytes }) => bytes)],
      );
    }),
    { numRuns: 300 },
  );
});

/** Parts of a value in quotes, and what the build arguments V and W were. */
const part = fc.constantFrom("$V", "${V}", "${W}", "x", "-", " ", "=", ",", "'");
const value = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(""));
const given = fc.array(fc.constantFrom("v", "7", " ", "=", ",", "-"), { maxLength: 4 });

test("an ENV and a LABEL are their rows, whatever their build arguments were", () => {
  const keyed = fc.array(value, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(keyed, given, given, (values, v, w) => {
      const fill = (text: string): string =>
        text.replaceAll(/\$(?:V|\{V\})/g, v.join("")).replaceAll("${W}", w.join(""));
      const written = values.map((one, at) => `K${at}="${one}"`).join(" ");
      const printed = values.map((one, at) => `K${at}=${fill(one)}`).join(" ");
      const image = anImage()
        .layer({ base: "1" }, { createdBy: "/bin/sh -c #(nop) ADD file:0123 in / " })
        .emptyRow(`ENV ${printed}`)
        .emptyRow(`LABEL ${printed}`)
        .layer({ own: "22" }, { createdBy: "RUN /bin/sh -c make # buildkit" });
      const text = `FROM x\nARG V\nARG W\nENV ${written}\nLABEL ${written}\nRUN make`;
      const { instructions } = join(text, image);
      assert.ok(instructions.every(({ basis }) => basis === "measured"));
      assert.equal(instructions.at(-1)?.contentBytes, 22);
    }),
    { numRuns: 300 },
  );
});

test("a RUN is its row, whatever its script holds and whatever the base's shell is", () => {
  const word = fc.constantFrom("echo", "#(nop)", "CMD", "x", "-c", "sh", "env", '"#(nop) ENV A=b"');
  const script = fc.array(word, { maxLength: 5 }).map((words) => ["run", ...words].join(" "));
  const shell = fc.constantFrom(
    ["/bin/sh", "-c"],
    ["/bin/bash", "-eo", "pipefail", "-c"],
    ["/bin/busybox", "env", "sh", "-c"],
  );
  fc.assert(
    fc.property(script, shell, fc.boolean(), (line, words, isClassic) => {
      const call = words.join(" ");
      const comment = isClassic ? "" : "buildkit.dockerfile.v0";
      const run = isClassic ? `${call} ${line}` : `RUN ${call} ${line} # buildkit`;
      const image = anImage()
        .layer({ base: "1" }, { createdBy: "/bin/sh -c #(nop) ADD file:0123 in / ", comment: "" })
        .layer({ own: "22" }, { createdBy: run, comment })
        .emptyRow(isClassic ? `${call} #(nop)  ENV A=b` : "ENV A=b", { comment });
      const { instructions } = join(`FROM x\nRUN ${line}\nENV A=b`, image);
      assert.deepEqual(
        instructions.map(({ contentBytes, basis }) => [contentBytes, basis]),
        [
          [1, "measured"],
          [22, "measured"],
          [0, "measured"],
        ],
      );
    }),
    { numRuns: 300 },
  );
});
