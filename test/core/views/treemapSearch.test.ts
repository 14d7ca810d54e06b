import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyTreemapMemory } from "../../../server/src/core/views/treemapMemory.ts";
import {
  type TreemapMatches,
  treemapSearchInSteps,
} from "../../../server/src/core/views/treemapSearch.ts";
import type { TreemapArea } from "../../../server/src/core/views/treemapView.ts";
import { analysisOf } from "../../support/analysisOf.ts";
import { finish } from "../../../server/src/core/image/piecework.ts";
import { treemapSheet } from "../../support/treemapSheet.ts";
import { anImage } from "../../support/imageBuilder.ts";

const dockerfile = `FROM debian:12
COPY app /srv/app
RUN rm -r /srv/app/cache
`;

const image = anImage()
  .base("usr/lib/node_modules/npm/index.js 3MB, usr/lib/libnode.so 8MB, usr/bin/Node 5MB")
  .layer("srv/app/server 1MB, srv/app/cache/node.idx 2MB", {
    createdBy: "COPY app /srv/app # buildkit",
  })
  .layer(
    { "srv/app/.wh.cache": { size: 0 } },
    { createdBy: "RUN /bin/sh -c rm -r /srv/app/cache # buildkit" },
  );

const analysis = analysisOf(dockerfile, image);

function search(query: string, limit: number, place = {}): TreemapMatches {
  return finish(treemapSearchInSteps(emptyTreemapMemory(), analysis, place, { query, limit }));
}

function checkSearch(query: string, lines: readonly string[], place = {}): void {
  const { matches, count } = search(query, 100, place);
  assert.equal(count, lines.length);
  assert.deepEqual(
    matches.map(
      ({ path, sizeText, waste, layer }) =>
        `${path} ${sizeText}${waste ? ` wasted, ${layer}` : ""}`,
    ),
    lines,
  );
}

test("names are found in either case, heaviest first, wasted ones too", () =>
  checkSearch("node", [
    "usr/lib/libnode.so 8 MB",
    "usr/bin/Node 5 MB",
    "usr/lib/node_modules 3 MB",
    "srv/app/cache/node.idx 2 MB wasted, 1",
  ]));

test("with a slash a path is found: the last part begins a name, the first ends one", () => {
  checkSearch("b/node", ["usr/lib/node_modules 3 MB"]);
  checkSearch("/usr/bin/node", ["usr/bin/Node 5 MB"]);
  checkSearch("sr/lib/node_modules/npm/", ["usr/lib/node_modules/npm/index.js 3 MB"]);
  checkSearch("usr/li/node", []);
});

test("a layer and its waste are searched by themselves", () => {
  checkSearch("e", ["srv/app/cache 2 MB", "srv/app/cache/node.idx 2 MB", "srv/app/server 1 MB"], {
    layer: 1,
  });
  checkSearch("server", [], { layer: 1, waste: true });
});

test("a search lists no more than asked for and counts all", () => {
  const { matches, count } = search("node", 1);
  assert.deepEqual([matches.length, count], [1, 4]);
  assert.equal(search("  ", 9).count, 0);
});

/** The map as lines with the texts of each area. */
function texts(area: TreemapArea | undefined): readonly string[] {
  if (area === undefined) return [];
  const { name, label, kind, sizeText, shareText, wastedText = "", hiddenText = "" } = area;
  return [
    [label ?? (name || kind), sizeText, shareText, wastedText, hiddenText].join("|"),
    ...(area.children ?? []).flatMap(texts),
  ];
}

test("a map carries its texts: sizes, shares of the whole, who hid what, and the lines of the layers", () => {
  const sheet = treemapSheet(analysis, { layer: 1 }, 100);
  assert.deepEqual(texts(sheet?.root), [
    "directory|3 MB|100%|2 MB|",
    "srv|3 MB|100%|2 MB|",
    "app|3 MB|100%|2 MB|",
    "cache|2 MB|67%|2 MB|",
    "node.idx|2 MB|67%|2 MB|deleted by line 3",
    "server|1 MB|33%||",
  ]);
  assert.deepEqual(
    sheet?.layers.map(({ label, text, line }) => [label, text, line]),
    [
      ["Layer 1 · base", "ADD file:000000000000 in /", 0],
      ["Layer 2 · line 2", "COPY app /srv/app", 1],
      ["Layer 3 · line 3", "RUN rm -r /srv/app/cache", 2],
    ],
  );
});

test("names that would turn text around are named as they are and shown escaped", () => {
  const hostile = analysisOf("FROM scratch\n", anImage().layer({ "a\u202eb": "1kB" }));
  const [file] = treemapSheet(hostile, {}, 100)?.root.children ?? [];
  assert.equal(file?.name, "a\u202eb");
  assert.equal(file?.label, "a\\u202eb");
});
