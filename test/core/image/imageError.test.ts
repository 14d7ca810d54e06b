import assert from "node:assert/strict";
import { test } from "node:test";
import { describeImageError, type ImageError } from "../../../server/src/core/image/imageError.ts";

const where = "/a.tar";
const reason = "it is cut off";
const place = "the Docker engine at unix:///x.sock";
const errors: readonly ImageError[] = [
  { code: "engine-unreachable", endpoint: "unix:///x.sock", reason: "no socket there" },
  { code: "image-not-found", reference: "app", place },
  { code: "image-not-found", reference: "app", place, choices: [] },
  { code: "image-not-found", reference: "a.tar:x", place: where, choices: ["b:1"] },
  { code: "image-not-found", reference: "a.tar:x", place: where, choices: ["b:1", "c:1", "d:1"] },
  {
    code: "image-not-found",
    reference: "a.tar",
    place: where,
    choices: ["1", "2", "3", "4", "5", "6", "7"],
    isAmbiguous: true,
  },
  { code: "manifest-invalid", where, reason },
  { code: "config-invalid", where, reason },
  { code: "layer-digest-mismatch", expected: "sha256:1", actual: "sha256:2" },
  { code: "layer-unreadable", layer: "sha256:1", reason },
  { code: "media-type-unsupported", where, mediaType: "application/x-xz" },
  { code: "limit-exceeded", where, limit: "100 files" },
  { code: "cancelled" },
  { code: "engine-unreachable", endpoint: "ghcr.io", reason: "no answer", service: "registry" },
];

test("every error is one sentence that says what to do next", () => {
  const sentences = errors.map(describeImageError);
  for (const sentence of sentences) {
    assert.match(sentence, /^[^\n]+: [^\n]+\.$/);
    assert.ok(!sentence.includes("undefined"), sentence);
  }
  assert.equal(new Set(sentences).size, errors.length - 1, "an empty choice is none");
});

test("choices are listed as people do, not too many", () => {
  const [one, three, many] = errors.slice(3, 6).map(describeImageError);
  assert.equal(one, "a.tar:x is not in /a.tar: name an image it holds, b:1.");
  assert.equal(three, "a.tar:x is not in /a.tar: name an image it holds, b:1, c:1 or d:1.");
  assert.equal(
    many,
    "a.tar holds several images: name one of them, 1, 2, 3, 4, 5 or one of 2 more.",
  );
});
