import assert from "node:assert/strict";
import { test } from "node:test";
import { openElf, readElfHeader } from "../../../server/src/core/image/elfHeader.ts";
import { readSections } from "../../../server/src/core/image/elfSections.ts";
import { readSegments } from "../../../server/src/core/image/elfSegments.ts";
import { goOwners } from "../../../server/src/core/image/goOwners.ts";
import { anElf } from "../../support/elfWriter.ts";

/** Whose these packages are in a program with such modules. */
function ownersOf(modules: string, names: readonly string[]): readonly string[] {
  const bytes = anElf({ go: { version: "go1.22.1", modules, form: "inline" } });
  const source = openElf((at, length) => bytes.subarray(at, at + length), bytes.length)!;
  const header = readElfHeader(source)!;
  const segments = readSegments(source, header) ?? [];
  const ownerOf = goOwners(source, segments, readSections(source, header)?.rows ?? []);
  return names.map((name) => ownerOf(name));
}

test("packages are of the modules that the program names, the longest path first, then of Go's library", () => {
  const modules = [
    "path\tshop/cmd/server",
    "mod\tshop\t(devel)\t",
    "dep\tgithub.com/a/b\tv1.0.0\th1:x",
    "dep\tshop/net\tv1.0.0\th1:x",
    "dep\ttext\tv1.0.0\th1:x",
    "",
  ].join("\n");
  const owners = {
    main: "go-own",
    shop: "go-own",
    "shop/store": "go-own",
    "shop/net/http": "go-other",
    shopping: "go-other",
    "github.com/a/b/c": "go-other",
    "github.com/a/bc": "go-other",
    "text/template": "go-other",
    "net/http": "go-standard",
    runtime: "go-standard",
    "vendor/golang.org/x/net/idna": "go-standard",
    "internal/abi": "go-standard",
  };
  assert.deepEqual(ownersOf(modules, Object.keys(owners)), Object.values(owners));
});

test("in a program that names no modules only Go's library can be told apart", () =>
  assert.deepEqual(ownersOf("path\tgithub.com/a/b\n", ["main", "github.com/a/b/c", "fmt"]), [
    "go-other",
    "go-other",
    "go-standard",
  ]));
