import assert from "node:assert/strict";
import { test } from "node:test";
import { sameContent } from "../../../server/src/core/rules/sameContent.ts";
import { checkFix, checkRule, ruleFindings } from "../../support/checkRule.ts";
import { type LayerSpec, anImage } from "../../support/imageBuilder.ts";

const model = { size: "30MB", seed: "model" };
const run = { createdBy: "RUN /bin/sh -c make # buildkit" };
const copy = { createdBy: "COPY files / # buildkit" };
const text = "FROM debian:12\nRUN make\n";
const built = (files: LayerSpec) => anImage().base("bin/sh 1MB").layer(files, run);

test("copies within a layer, and the link that could be there", () => {
  const image = built({ "a/model": model, "b/model.bin": model, "c/other": "30MB" });
  checkRule(
    sameContent,
    image,
    `FROM debian:12
RUN make
#^^ same-content: 30 MB of this layer are in the image already: \`/b/model.bin\` has the size and checksum of \`/a/model\`.
`,
  );
  checkFix(sameContent, image, text, "FROM debian:12\nRUN make && ln -f /a/model /b/model.bin\n");
});

test("copies across layers are charged to the later line", () => {
  checkRule(
    sameContent,
    built({ "z/model": model }).layer({ "a/model": model, "b/model": model }, copy),
    `FROM debian:12
RUN make
COPY files /
#^^^ same-content: 60 MB of this layer are in the image already: \`/a/model\` has the size and checksum of \`/z/model\`, and so has 1 more file.
`,
  );
});

test("no link where owner or mode differ", () => {
  const image = built({ "a/model": model, "b/model": { ...model, mode: 0o600 } });
  assert.deepEqual(ruleFindings(sameContent, image, text)[0]?.fixes, []);
});

test("hard links, hidden files, small files, and copies within the base are fine", () => {
  checkRule(sameContent, built({ a: model, b: { hardlink: "a" } }), text);
  checkRule(
    sameContent,
    built({ a: model, b: model }).layer({ ".wh.a": "0" }, copy),
    `${text}COPY files /\n`,
  );
  checkRule(
    sameContent,
    built({ "a/x": { size: "90kB", seed: "x" }, "b/x": { size: "90kB", seed: "x" } }),
    text,
  );
  checkRule(sameContent, anImage().base({ a: model, b: model }).layer("c 1MB", run), text);
  checkRule(sameContent, undefined, text);
});

test("files below a megabyte are compared where their names agree", () => {
  const small = { size: "400kB", seed: "s" };
  assert.equal(ruleFindings(sameContent, built({ "a/x": small, "b/x": small }), text).length, 1);
  assert.equal(ruleFindings(sameContent, built({ "a/x": small, "b/y": small }), text).length, 0);
});
