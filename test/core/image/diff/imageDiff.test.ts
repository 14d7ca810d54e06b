import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { diffImages } from "../../../../server/src/core/image/diff/imageDiff.ts";
import { anImage } from "../../../support/imageBuilder.ts";

const base = { "usr/lib/libc.so": "70MB", "etc/passwd": "1kB" } as const;

test("what came, went and grew is told by path, the greatest difference first", () => {
  const before = anImage().base(base).layer("app/a.js 1MB, app/old/x 3MB, app/old/y 1MB").read();
  const after = anImage().base(base).layer("app/a.js 4MB, opt/tool/bin 9MB").read();
  assert.deepEqual(
    diffImages(before, after).paths.map(
      ({ path, kind, beforeBytes, afterBytes, count }) =>
        `${kind} ${path} ${beforeBytes} ${afterBytes} ${count}`,
    ),
    ["added opt 0 9000000 1", "removed app/old 4000000 0 2", "changed app/a.js 1000000 4000000 1"],
  );
});

test("the same layers are shared, and nothing in them is different", () => {
  const image = anImage().base(base);
  const { shared, paths } = diffImages(image.read(), image.layer("a 5kB").read());
  assert.deepEqual(shared, { count: 1, contentBytes: 70_001_000 });
  assert.deepEqual(
    paths.map(({ path }) => path),
    ["a"],
  );
});

test("a file written again, and one with another owner, are told apart", () => {
  const before = anImage()
    .layer({ a: { size: 10, seed: "1" }, b: { size: 10, uid: 0 } })
    .read();
  const after = anImage()
    .layer({ a: { size: 10, seed: "2" }, b: { size: 10, uid: 5 } })
    .read();
  assert.deepEqual(
    diffImages(before, after).paths.map(({ path, kind }) => `${kind} ${path}`),
    ["rewritten a", "metadata b"],
  );
});

test("a file in place of a directory is a change of both", () => {
  const before = anImage().layer("d/x 5MB").read();
  const after = anImage().layer("d 2MB").read();
  const sum = diffImages(before, after).paths.reduce(
    (total, { beforeBytes, afterBytes }) => total + afterBytes - beforeBytes,
    0,
  );
  assert.equal(sum, -3_000_000);
});

const files = fc.dictionary(
  fc.stringMatching(/^[a-c](\/[a-c]){0,2}\/[d-f]$/),
  fc.integer({ min: 0, max: 1e6 }).map(String),
  { maxKeys: 30 },
);

test("all changes together are the difference of the file systems", () =>
  fc.assert(
    fc.property(files, files, (old, now) => {
      const [before, after] = [anImage().layer(old).read(), anImage().layer(now).read()];
      const sum = diffImages(before, after).paths.reduce(
        (total, { beforeBytes, afterBytes }) => total + afterBytes - beforeBytes,
        0,
      );
      assert.equal(sum, after.finalContentBytes - before.finalContentBytes);
    }),
  ));
