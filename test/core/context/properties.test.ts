import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { buildContextOf } from "../../../server/src/core/context/buildContext.ts";
import { contextBytesOf } from "../../../server/src/core/context/contextBytes.ts";
import { describeContextUnknown } from "../../../server/src/core/context/contextUnknown.ts";
import { changeEntries, countEntries } from "../../../server/src/core/context/folderEntries.ts";
import { extendDockerignore } from "../../../server/src/core/dockerfile/dockerignoreEdit.ts";
import { isIgnored, parseDockerignore } from "../../../server/src/core/dockerfile/dockerignore.ts";
import { parseDockerfile } from "../../../server/src/core/dockerfile/parse.ts";
import { applyEdits } from "../../../server/src/core/text/edit.ts";
import { aContext } from "./contextBuilder.ts";

const name = fc.constantFrom("a", "b", "ab", "a.txt", "é", "node_modules");
const pattern = fc
  .array(fc.constantFrom("a", "b", "*", "**", "?", "/", ".txt", "[ab]", "!", "\\*", "é", "."), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => parts.join(""));
const ignoreText = fc.array(pattern, { maxLength: 5 }).map((lines) => lines.join("\n"));

/** Files by path, none of which is a folder of another. */
const files = fc
  .dictionary(
    fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/")),
    fc.nat(1000),
    { minKeys: 1, maxKeys: 20, noNullPrototype: true },
  )
  .map((all) => {
    const paths = Object.keys(all);
    const leaves = paths.filter((path) => !paths.some((other) => other.startsWith(`${path}/`)));
    return Object.fromEntries(leaves.map((path) => [path, all[path] ?? 0]));
  });

function bytesOf(listing: ReturnType<typeof aContext>, ignore: string, text: string) {
  const dockerfile = parseDockerfile(`FROM scratch\n${text}\n`);
  const context = buildContextOf(listing, parseDockerignore(ignore).value);
  return contextBytesOf(dockerfile, dockerfile.instructions.at(-1)!, context);
}

test("the whole context weighs what its files that are not ignored weigh, in every listing", () => {
  fc.assert(
    fc.property(files, ignoreText, (all, ignore) => {
      const { value } = parseDockerignore(ignore);
      fc.pre(value.isUsable);
      const sent = Object.entries(all).filter(([path]) => !isIgnored(value, path));
      const found = bytesOf(aContext(all), ignore, "COPY . /x");
      assert.equal(found.kind, "known");
      if (found.kind !== "known") return;
      assert.equal(
        found.contentBytes,
        sent.reduce((sum, [, bytes]) => sum + bytes, 0),
      );
      assert.equal(found.fileCount, sent.length);
      const named = found.heaviest.reduce((sum, { contentBytes }) => sum + contentBytes, 0);
      assert.ok(named <= found.contentBytes);
    }),
    { numRuns: 300 },
  );
});

test("an exclude leaves what an ignore file with the same patterns leaves", () => {
  fc.assert(
    fc.property(files, fc.array(pattern, { minLength: 1, maxLength: 3 }), (all, patterns) => {
      // A flag loses its backslashes before it becomes a pattern, and its leading slash stays.
      fc.pre(patterns.every((one) => parseDockerignore(one).value.isUsable));
      fc.pre(patterns.every((one) => /^[^/\\]+(?:\/[^\\]*)?$/.test(one) && !one.startsWith("!/")));
      const excludes = patterns.map((one) => `--exclude=${one}`).join(" ");
      const excluded = bytesOf(aContext(all), "", `COPY ${excludes} . /x`);
      const ignored = bytesOf(aContext(all), patterns.join("\n"), "COPY . /x");
      assert.deepEqual(
        excluded.kind === "known" && excluded.contentBytes,
        ignored.kind === "known" && ignored.contentBytes,
      );
    }),
    { numRuns: 200 },
  );
});

test("any text of an ignore file and of an instruction gets an answer", () => {
  const listing = aContext({ "a/b": 1, c: 2, l: "-> a" });
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (ignore, words) => {
      const found = bytesOf(listing, ignore, `COPY ${words}`);
      if (found.kind === "unknown") describeContextUnknown(found.unknown);
      else assert.ok(found.contentBytes >= 0);
    }),
    { numRuns: 300 },
  );
});

test("patterns that were added keep out what they say, and only once", () => {
  fc.assert(
    fc.property(ignoreText, fc.uniqueArray(name, { minLength: 1 }), (text, patterns) => {
      fc.pre(parseDockerignore(text).value.isUsable);
      const edit = extendDockerignore(text, patterns);
      const after = applyEdits(text, edit === undefined ? [] : [edit]);
      assert.ok(after.startsWith(text));
      assert.equal(extendDockerignore(after, patterns), undefined);
      const { value } = parseDockerignore(after);
      for (const one of patterns) assert.equal(isIgnored(value, `${one}/x`), true);
    }),
    { numRuns: 200 },
  );
});

test("entries that change and change back leave the folder as it was", () => {
  fc.assert(
    fc.property(files, name, (all, changed) => {
      const { root } = aContext(all);
      const was = root.names.includes(changed) ? "kept" : "gone";
      const entry = { kind: "file", name: changed, contentBytes: 1, link: undefined } as const;
      const after = changeEntries(root, new Map([[changed, entry]]));
      assert.equal(after.names.length, root.names.length + (was === "gone" ? 1 : 0));
      if (was === "kept") return;
      const back = changeEntries(after, new Map([[changed, "gone"]]));
      assert.deepEqual(back, root);
      assert.equal(countEntries(back), countEntries(root));
    }),
    { numRuns: 100 },
  );
});
