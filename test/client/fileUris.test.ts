import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  fromFileUri,
  toFileUri,
  toNothingUri,
  type UriParts,
} from "../../client/src/files/fileUris.ts";

const address = {
  uri: "file:///work/a%20b/Dockerfile",
  reference: "docker-archive:build/app.tar",
  baseFolder: "/work/a b",
  diffId: `sha256:${"0".repeat(64)}`,
  path: "etc/passwd",
};

test("the URI of a file ends in its name and begins with its layer", () =>
  assert.equal(toFileUri(address, 2).path, "/layer 3/etc/passwd"));

const name = fc
  .string({ unit: "binary", minLength: 1, maxLength: 12 })
  .filter(
    (text) =>
      !text.includes("/") && text !== "." && text !== ".." && Buffer.from(text).toString() === text,
  );

test("what a URI stands for is what it was made of, whatever the names are", () =>
  fc.assert(
    fc.property(
      fc.array(name, { minLength: 1, maxLength: 4 }),
      name,
      fc.boolean(),
      fc.nat(2000),
      fc.nat(90_000),
      (names, reference, hasFolder, layer, part) => {
        const { baseFolder, ...rest } = address;
        const made = {
          ...rest,
          reference,
          path: names.join("/"),
          ...(hasFolder ? { baseFolder } : {}),
        };
        assert.deepEqual(fromFileUri(toFileUri(made, layer, part)), {
          kind: "file",
          address: made,
          layer,
          part,
        });
      },
    ),
  ));

test("an empty side is named as the file that is missing there", () => {
  const parts = toNothingUri("etc/passwd");
  assert.equal(parts.path, "/nothing/etc/passwd");
  assert.deepEqual(fromFileUri(parts), { kind: "nothing" });
});

test("a URI that nobody here made stands for nothing", () => {
  const good = toFileUri(address, 0);
  const bad: readonly UriParts[] = [
    { ...good, path: "/layer 1/../../etc/passwd" },
    { ...good, path: "/layer 1/./passwd" },
    { ...good, path: "/layer 1//passwd" },
    { ...good, path: "/layer 1/" },
    { ...good, path: "/layer 1" },
    { ...good, path: "" },
    { ...good, query: "" },
    { ...good, query: good.query.replace("diffId", "other") },
    { ...good, query: good.query.replace("layer=0", "layer=-1") },
    { ...good, query: `${good.query}&part=x` },
  ];
  for (const parts of bad) assert.equal(fromFileUri(parts), undefined, JSON.stringify(parts));
});
