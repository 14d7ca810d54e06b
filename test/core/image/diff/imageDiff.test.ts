import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { diffImages } from "../../../../server/src/core/image/diff/imageDiff.ts";
import { type LayerSpec, anImage } from "../../../support/imageBuilder.ts";

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

const nodePackage = (folder: string, version: string, size: string) => ({
  [`srv/${folder}/package.json`]: { content: JSON.stringify({ name: "left", version }) },
  [`srv/${folder}/index.js`]: size,
});

test("a version came in the place of another only where that is the only one of its name", () => {
  const changes = (before: LayerSpec, after: LayerSpec): readonly string[] =>
    diffImages(anImage().layer(before).read(), anImage().layer(after).read()).packages.map(
      ({ beforeVersion, afterVersion, beforeBytes = 0, afterBytes = 0 }) =>
        `${beforeVersion ?? "none"} → ${afterVersion ?? "none"} ${Math.sign(afterBytes - beforeBytes)}`,
    );
  const one = nodePackage("node_modules/left", "1.0.0", "5kB");
  const nested = nodePackage("node_modules/a/node_modules/left", "2.0.0", "7kB");
  assert.deepEqual(changes(one, nodePackage("node_modules/left", "1.1.0", "9kB")), [
    "1.0.0 → 1.1.0 1",
  ]);
  assert.deepEqual(changes(one, { ...one, ...nested }), ["none → 2.0.0 1"]);
  assert.deepEqual(changes(one, nodePackage("node_modules/left", "1.0.0", "9kB")), [
    "1.0.0 → 1.0.0 1",
  ]);
  assert.deepEqual(
    changes({ ...one, ...nested }, nodePackage("node_modules/left", "3.0.0", "9kB")),
    ["none → 3.0.0 1", "2.0.0 → none -1", "1.0.0 → none -1"],
  );
});

function checkKinds(before: LayerSpec, after: LayerSpec, expected: readonly string[]): void {
  const diff = diffImages(anImage().layer(before).read(), anImage().layer(after).read());
  assert.deepEqual(
    diff.paths.map(({ path, kind }) => `${kind} ${path}`),
    expected,
  );
}

test("contents are not compared, so that a file of the same size is only written again, whoever owns it now", () =>
  checkKinds(
    { a: { size: 10, seed: "1" }, b: { size: 10, uid: 0 } },
    { a: { size: 10, seed: "2" }, b: { size: 10, uid: 5 } },
    ["rewritten a", "rewritten b"],
  ));

test("a link to elsewhere is another one; where there is no content, another owner or mode is all", () =>
  checkKinds(
    {
      "d/": { mode: 0o755 },
      same: { symlink: "x" },
      link: { symlink: "lib-1.0" },
      empty: { size: 0, uid: 0 },
    },
    {
      "d/": { mode: 0o700 },
      same: { symlink: "x" },
      link: { symlink: "lib-2.0" },
      empty: { size: 0, uid: 5 },
    },
    ["metadata d", "metadata empty", "changed link"],
  ));

test("a name that carries the bytes of its inode group now is another one than before", () => {
  const shared = anImage().layer({ a: "5", b: { hardlink: "a" } });
  const diff = diffImages(shared.read(), shared.layer({ ".wh.a": "0" }).read());
  assert.deepEqual(
    diff.paths.map(({ path, kind, afterBytes }) => `${kind} ${path} ${afterBytes}`),
    ["removed a 0", "changed b 5"],
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
