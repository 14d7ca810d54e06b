import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDockerfile } from "../../../server/src/core/analysis.ts";
import { directiveCompletions } from "../../../server/src/core/views/directiveCompletion.ts";
import { directiveHelpAt } from "../../../server/src/core/views/directiveHelp.ts";
import { analysisOf } from "../../support/analysisOf.ts";
import { anImage } from "../../support/imageBuilder.ts";

const cursor = "<|>";

/** The text after each completion at the cursor was taken, one line each, in order. */
function textsAfter(marked: string, images: readonly string[] = []): readonly string[] {
  const offset = marked.indexOf(cursor);
  const text = marked.replace(cursor, "");
  return directiveCompletions(parseDockerfile(text), offset, images).map(
    ({ span, newText }) => text.slice(0, span.start) + newText + text.slice(span.end),
  );
}

test("keys are offered that the comment does not have", () => {
  assert.deepEqual(textsAfter("# tare: image=a budget=1MB ignore=x <|>"), [
    "# tare: image=a budget=1MB ignore=x transfer-budget=",
    "# tare: image=a budget=1MB ignore=x max-layers=",
    "# tare: image=a budget=1MB ignore=x target=",
    "# tare: image=a budget=1MB ignore=x platform=",
    "# tare: image=a budget=1MB ignore=x context=",
  ]);
  assert.equal(textsAfter("# tare:<|>").length, 8);
  assert.equal(textsAfter("# tare: <|>\nFROM a\n").length, 8);
});

test("a half-written key is replaced whole, with its equals sign", () => {
  assert.ok(textsAfter("# tare: tar<|>g=x\n").includes("# tare: target=x\n"));
});

test("targets are offered behind their key", () => {
  assert.deepEqual(textsAfter("# tare: target=m<|>i budget=1\r\nFROM a"), [
    "# tare: target=micro budget=1\r\nFROM a",
    "# tare: target=sub-1mb budget=1\r\nFROM a",
    "# tare: target=esp32-ota budget=1\r\nFROM a",
    "# tare: target=raspberry-pi budget=1\r\nFROM a",
    "# tare: target=lambda budget=1\r\nFROM a",
    "# tare: target=edge budget=1\r\nFROM a",
  ]);
});

test("usual platforms are offered behind their key", () => {
  assert.deepEqual(textsAfter("# tare: platform=<|> budget=1MB\nFROM a"), [
    "# tare: platform=linux/amd64 budget=1MB\nFROM a",
    "# tare: platform=linux/arm64 budget=1MB\nFROM a",
    "# tare: platform=linux/arm/v7 budget=1MB\nFROM a",
  ]);
});

test("rules are offered that are not ignored yet, between the commas of a list", () => {
  const texts = textsAfter("# tare: ignore=apt-lists-kept,<|>,many-layers\nFROM a");
  assert.ok(texts.includes("# tare: ignore=apt-lists-kept,removed-later,many-layers\nFROM a"));
  assert.ok(!texts.some((text) => text.includes("many-layers,many-layers")));
  assert.ok(!texts.some((text) => text.includes("apt-lists-kept,apt-lists-kept")));
});

test("images that are known are offered", () => {
  assert.deepEqual(textsAfter("# tare: image=<|>", ["app:1", "b"]), [
    "# tare: image=app:1",
    "# tare: image=b",
  ]);
});

test("nothing is offered elsewhere", () => {
  assert.deepEqual(textsAfter("# tare: budget=<|>"), []);
  assert.deepEqual(textsAfter("# ta<|>re: budget=1"), []);
  assert.deepEqual(textsAfter("# other: <|>"), []);
  assert.deepEqual(textsAfter("FROM a\nRUN <<E\n# tare: <|>\nE\n"), []);
  assert.deepEqual(textsAfter("# tare: budget=1\nFROM <|>a"), []);
});

/** What is said at the cursor, below an image of 110 MB. */
function helpAt(marked: string): string | undefined {
  const offset = marked.indexOf(cursor);
  const image = anImage()
    .layer("base 70MB", { createdBy: "/bin/sh -c #(nop) ADD file:0123 in /", comment: "" })
    .layer("app 40MB", { createdBy: "COPY app / # buildkit" });
  const help = directiveHelpAt(analysisOf(marked.replace(cursor, ""), image), offset)?.help;
  return help && `${help.key}: ${help.meaning}`;
}

test("a target says its limits, its reason, its source and how the image stands", () => {
  const said = helpAt("# tare: target=sub<|>-1mb\nFROM debian\nCOPY app /\n");
  assert.match(
    said!,
    /^target=sub-1mb: At most 1 MB in all layers together\. .*Source: .*The image weighs 110 MB, 109 MB over it\.$/,
  );
});

test("a budget says its exact bytes and how the image stands", () => {
  assert.equal(
    helpAt("# tare: budget=<|>200MB\nFROM debian\nCOPY app /\n"),
    "budget=200MB: 200 MB (200,000,000 B). The image weighs 110 MB, 90 MB under it.",
  );
});

test("an ignored rule says what it reports", () => {
  assert.equal(
    helpAt("# tare: ignore=many-layers,apt-lists<|>-kept\nFROM debian\nCOPY app /\n"),
    "apt-lists-kept: Package lists of apt stay in the layer.",
  );
});
