import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Analysis } from "../../../server/src/core/analysis.ts";
import { layerTreeRows } from "../../../server/src/core/views/layerTree.ts";
import { emptyTreeMemory } from "../../../server/src/core/views/layerTreeMemory.ts";
import type {
  ComparedImage,
  TreeOptions,
} from "../../../server/src/core/views/layerTreeOptions.ts";
import { revealPath } from "../../../server/src/core/views/layerTreeReveal.ts";
import { analysisOf, describedAnalysisOf } from "../../support/analysisOf.ts";
import { type ImageBuilder, anImage } from "../../support/imageBuilder.ts";

const file = `FROM debian:12
RUN fetch
COPY app /app
RUN clean
`;

const dpkgBook =
  "Package: tool\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.2\n\n";

const image = anImage()
  .reference("app:latest")
  .base("bin/sh 70MB, usr/lib/libc.so 2MB")
  .layer(
    {
      "var/lists": "40MB",
      "usr/bin/tool": { size: "1MB", mode: 0o755 },
      "usr/share/doc/tool": "3kB",
      "var/lib/dpkg/status": { content: dpkgBook },
      "var/lib/dpkg/info/tool.list": { content: "/usr/bin/tool\n/usr/share/doc/tool\n" },
    },
    { createdBy: "RUN /bin/sh -c fetch # buildkit" },
  )
  .layer(
    { "app/app.js": "9MB", "app/node_modules/a/index.js": "500kB", "app/link": { symlink: "app" } },
    { createdBy: "COPY app /app # buildkit" },
  )
  .layer({ "var/.wh.lists": "0" }, { createdBy: "RUN /bin/sh -c clean # buildkit" });

interface Shown {
  readonly compared?: ComparedImage;
  readonly image?: ImageBuilder;
  readonly depth?: number;
}

function viewOf(options: TreeOptions, { compared }: Shown) {
  return { options, memory: emptyTreeMemory(), ...(compared === undefined ? {} : { compared }) };
}

/** Rows as text, indented by two blanks a level, down to `depth`. */
function drawn(options: TreeOptions, shown: Shown = {}): string {
  const analysis = analysisOf(file, shown.image ?? image);
  const view = viewOf(options, shown);
  const draw = (parent: string | undefined, indent: string): string =>
    indent.length / 2 > (shown.depth ?? 99)
      ? ""
      : layerTreeRows(analysis, parent, view)
          .map((row) => {
            const text = [row.label, row.description].filter(Boolean).join(" | ");
            const below = row.hasChildren ? draw(row.id, `${indent}  `) : "";
            return `${indent}${text}\n${below}`;
          })
          .join("");
  return draw(undefined, "");
}

suite("what the tree shows", () => {
  test("grouped by directory: the final file system, each file with the line that brought it", () => {
    assert.equal(
      drawn({ groupBy: "directory" }, { depth: 3 }),
      `app:latest | 82.5 MB in the final files · 4 layers
  bin | 70 MB
    sh | 70 MB
  app | 9.5 MB
    app.js | 9 MB
    node_modules | 500 kB
      a | 500 kB
    link | → app
  usr | 3 MB
    lib | 2 MB
      libc.so | 2 MB
    bin | 1 MB
      tool | 1 MB
    share | 3 kB
      doc | 3 kB
  var | 111 B
    lib | 111 B
      dpkg | 111 B
Waste | 40 MB · 1 file
  var/lists | 40 MB · deleted by line 4
`,
    );
  });

  test("grouped by package: what each owns, and what none owns", () =>
    assert.equal(
      drawn({ groupBy: "package" }, { depth: 2 }),
      `app:latest | 82.5 MB in the final files · 4 layers
  No package | 81.5 MB
    bin | 70 MB
    app | 9.5 MB
    usr | 2 MB
    var | 111 B
  tool | 1 MB · 1.2 (dpkg)
    usr | 1 MB
Waste | 40 MB · 1 file
  var/lists | 40 MB · deleted by line 4
`,
    ));

  test("what may be of a package all the same is said where no package is", () => {
    const tooltipOf = (files: Parameters<ImageBuilder["layer"]>[0]): string | undefined => {
      const view = { options: { groupBy: "package" }, memory: emptyTreeMemory() } as const;
      const analysis = analysisOf("FROM scratch\nCOPY . /\n", anImage().layer(files));
      const [root] = layerTreeRows(analysis, undefined, view);
      const rows = layerTreeRows(analysis, root!.id, view);
      return rows.find(({ label }) => label === "No package")?.tooltip;
    };
    assert.equal(tooltipOf({ "srv/a": "5kB" }), "5,000 B in files that no package owns");
    assert.equal(
      tooltipOf({ "srv/a": "5kB", "var/lib/rpm/Packages": "5kB" }),
      "10,000 B in files that no package owns\nNot read, so that what they list counts here: var/lib/rpm/Packages",
    );
    assert.equal(
      tooltipOf({
        "srv/a": "5kB",
        "var/lib/dpkg/status.d/base": { content: "Package: base-files\nVersion: 12\n" },
      }),
      "5,032 B in files that no package owns\nThe image does not list the files of 1 package: they count here",
    );
  });

  test("grouped by kind of content", () =>
    assert.equal(
      drawn({ groupBy: "kind" }, { depth: 1 }),
      `app:latest | 82.5 MB in the final files · 4 layers
  Other | 70 MB
  Code | 9.5 MB
  Libraries | 2 MB
  Programs | 1 MB
  Data and settings | 34 B
Waste | 40 MB · 1 file
  var/lists | 40 MB · deleted by line 4
`,
    ));

  test("sorted by name: layers in the order of the build, files by name", () =>
    assert.equal(
      drawn({ sortBy: "name" }, { depth: 2 }),
      `app:latest | 123 MB · 4 layers
  ADD file:000000000000 in / | 72 MB · base
    bin | 70 MB
    usr | 2 MB
  RUN fetch | 41 MB · 40 MB wasted · line 2
    usr | 1 MB
    var | 40 MB · added
  COPY app /app | 9.5 MB · line 3
    app | 9.5 MB · added
  RUN clean | 0 B · line 4
    var | 0 B
Waste | 40 MB · 1 file
  var/lists | 40 MB · deleted by line 4
`,
    ));

  test("a filter leaves the way to what fits, and says how much of the whole that is", () =>
    assert.equal(
      drawn({ filter: "TOOL" }),
      `app:latest | 1 MB of 123 MB · 4 layers
  RUN fetch | 1 MB of 41 MB · 40 MB wasted · line 2
    usr | 1 MB
      bin | 1 MB · added
        tool | 1 MB
      share | 3 kB · added
        doc | 3 kB
          tool | 3 kB
    var | 34 B of 40 MB · added
      lib | 34 B of 111 B
        dpkg | 34 B of 111 B
          info | 34 B
            tool.list | 34 B
`,
    ));

  test("only own layers", () =>
    assert.equal(
      drawn({ ownOnly: true }, { depth: 1 }),
      `app:latest | 50.5 MB of 123 MB · 4 layers
  RUN fetch | 41 MB · 40 MB wasted · line 2
  COPY app /app | 9.5 MB · line 3
  RUN clean | 0 B · line 4
Waste | 40 MB · 1 file
  var/lists | 40 MB · deleted by line 4
`,
    ));

  test("only own files of the final file system", () =>
    assert.equal(
      drawn({ ownOnly: true, groupBy: "directory" }, { depth: 1 }),
      `app:latest | 10.5 MB of 82.5 MB in the final files · 4 layers
  app | 9.5 MB
  usr | 1 MB of 3 MB
  var | 111 B
Waste | 40 MB · 1 file
  var/lists | 40 MB · deleted by line 4
`,
    ));

  test("only waste", () =>
    assert.equal(
      drawn({ wasteOnly: true }),
      `app:latest | 40 MB of 123 MB · 4 layers
  RUN fetch | 40 MB of 41 MB · 40 MB wasted · line 2
    var | 40 MB · added
      lists | 40 MB
Waste | 40 MB · 1 file
  var/lists | 40 MB · deleted by line 4
`,
    ));

  test("nothing fits: it is said", () =>
    assert.equal(
      drawn({ filter: "no/such" }),
      `app:latest | 0 B of 123 MB · 4 layers
Nothing fits: show all again to see the rest
`,
    ));
});

suite("which paths a filter fits", () => {
  const many = anImage().layer(
    "usr/lib/a.so 1, usr/lib/b.SO 2, usr/share/lib 4, opt/lib/x/y.txt 8",
    {
      createdBy: "COPY . / # buildkit",
    },
  );
  for (const [filter, sum] of [
    ["lib", 15],
    ["/usr/lib", 3],
    ["*.so", 3],
    ["l?b", 15],
    ["usr/*/a.so", 1],
    ["usr/*", 7],
    ["**/y.txt", 8],
    ["lib/", 11],
    ["lib/x", 8],
    ["[", 0],
    ["  ", 15],
  ] as const) {
    test(`${JSON.stringify(filter)} leaves ${sum} bytes`, () => {
      const [root] = layerTreeRows(analysisOf("FROM scratch\nCOPY . /\n", many), undefined, {
        options: { filter },
        memory: emptyTreeMemory(),
      });
      assert.equal(root!.bytes, sum);
    });
  }
});

suite("compared with another image", () => {
  const other = anImage()
    .reference("app:old")
    .base("bin/sh 70MB, usr/lib/libc.so 2MB")
    .layer("app/app.js 4MB, app/gone.js 1MB, old/thing 3MB", {
      createdBy: "COPY app /app # buildkit",
    });
  const compared: ComparedImage = { state: "read", reference: "app:old", read: other.read() };

  test("only what changed, and what only the other has", () =>
    assert.equal(
      drawn({ comparedWith: "app:old" }, { compared }),
      `app:latest | 10.5 MB of 123 MB · 4 layers
  COPY app /app | 9.5 MB · line 3
    app | 9.5 MB
      app.js | 9 MB · changed
      node_modules | 500 kB · added
        a | 500 kB
          index.js | 500 kB
      link | → app · added
  RUN fetch | 1 MB of 41 MB · 40 MB wasted · line 2
    usr | 1 MB
      bin | 1 MB · added
        tool | 1 MB
      share | 3 kB · added
        doc | 3 kB
          tool | 3 kB
    var | 111 B of 40 MB · added
      lib | 111 B
        dpkg | 111 B
          status | 77 B
          info | 34 B
            tool.list | 34 B
Only in app:old | 4 MB · removed
  old | 3 MB
    thing | 3 MB
  app | 1 MB of 5 MB
    gone.js | 1 MB
`,
    ));

  test("a directory that only has another mode opens to nothing", () => {
    const files = anImage().layer({ "srv/": { mode: 0o755 }, "srv/a": "5MB" });
    const before = files.reference("old").read();
    const view = viewOf(
      { comparedWith: "old", groupBy: "directory" },
      { compared: { state: "read", reference: "old", read: before } },
    );
    const changed = files.layer({ "srv/": { mode: 0o700 } });
    const analysis = analysisOf("FROM scratch\nCOPY . /\nRUN chmod\n", changed);
    const [root] = layerTreeRows(analysis, undefined, view);
    assert.deepEqual(
      layerTreeRows(analysis, root!.id, view).map(({ label, description, hasChildren }) => [
        label,
        description,
        hasChildren,
      ]),
      [["srv", "0 B of 5 MB · metadata only", false]],
    );
  });

  test("the same image: nothing is different", () => {
    const same: ComparedImage = { state: "read", reference: "app:latest", read: image.read() };
    assert.match(drawn({ comparedWith: "app:latest" }, { compared: same }), /Nothing fits/);
  });

  test("until it is read, and when it cannot be, that is said and nothing is shown as different", () => {
    const waiting: ComparedImage = {
      state: "failed",
      reference: "no:such",
      message: "no:such is not built here. Build it once to see its layers.",
    };
    assert.equal(
      drawn({ comparedWith: "no:such" }, { compared: waiting }),
      `app:latest | 123 MB · 4 layers
no:such is not built here. Build it once to see its layers.
`,
    );
  });
});

suite("a row is revealed under any options, or not at all", () => {
  const groupings = ["layer", "directory", "package", "kind"] as const;
  const check = (analysis: Analysis, options: TreeOptions, steps: number, path?: string) => {
    const view = viewOf(options, {});
    const ids = revealPath(analysis, { layer: 2, ...(path === undefined ? {} : { path }) }, view);
    assert.equal(ids.length, steps, JSON.stringify([options, path]));
    let parent: string | undefined;
    for (const id of ids) {
      assert.ok(
        layerTreeRows(analysis, parent, view).some((row) => row.id === id),
        `${id} below ${parent}`,
      );
      parent = id;
    }
  };
  const analysis = analysisOf(file, image);
  for (const groupBy of groupings) {
    test(`grouped by ${groupBy}`, () => {
      const extra = groupBy === "directory" ? 0 : 1;
      check(analysis, { groupBy }, 1 + extra + 2, "app/app.js");
      check(analysis, { groupBy, sortBy: "name", filter: "app.js" }, 1 + extra + 2, "app/app.js");
      check(analysis, { groupBy, filter: "tool" }, 0, "app/app.js");
      check(analysis, { groupBy }, groupBy === "layer" ? 2 : 0);
    });
  }

  test("what only waste has, own layers and other paths", () => {
    check(analysis, { wasteOnly: true }, 0, "app/app.js");
    check(analysis, { ownOnly: true }, 4, "app/app.js");
    const base = revealPath(analysis, { layer: 0 }, viewOf({ ownOnly: true }, {}));
    assert.deepEqual(base, []);
    assert.equal(revealPath(analysis, { path: "usr/bin/tool" }).length, 5);
  });

  test("packages beyond the first page are found on theirs", () => {
    const book = Array.from(
      { length: 450 },
      (_, index) =>
        `Package: p${String(index).padStart(3, "0")}\nStatus: install ok installed\nVersion: 1\n\n`,
    ).join("");
    const lists = Object.fromEntries(
      Array.from({ length: 450 }, (_, index) => {
        const name = `p${String(index).padStart(3, "0")}`;
        return [`var/lib/dpkg/info/${name}.list`, { content: `/opt/${name}\n` }];
      }),
    );
    const files = Object.fromEntries(
      Array.from({ length: 450 }, (_, index) => [
        `opt/p${String(index).padStart(3, "0")}`,
        String(1000 - index),
      ]),
    );
    const many = analysisOf(
      "FROM scratch\nCOPY . /\n",
      anImage().layer(
        { ...files, ...lists, "var/lib/dpkg/status": { content: book } },
        { createdBy: "COPY . / # buildkit" },
      ),
    );
    const view = viewOf({ groupBy: "package" }, {});
    const ids = revealPath(many, { path: "opt/p449" }, view);
    let parent: string | undefined;
    for (const id of ids) {
      assert.ok(
        layerTreeRows(many, parent, view).some((row) => row.id === id),
        id,
      );
      parent = id;
    }
    assert.equal(ids.length, 1 + 2 + 1 + 2);
  });
});

test("every row that has a place says it: path and layer, as the image has them", () => {
  const analysis = analysisOf(file, image);
  const [root] = layerTreeRows(analysis, undefined);
  const copy = layerTreeRows(analysis, root!.id).find(({ label }) => label.startsWith("COPY"));
  const [directory] = layerTreeRows(analysis, copy!.id);
  const [script] = layerTreeRows(analysis, directory!.id);
  assert.deepEqual(
    [copy, directory, script].map((row) => [
      row!.kind,
      row!.path,
      row!.layer,
      row!.line,
      row!.bytes,
    ]),
    [
      ["layer", undefined, 2, 2, 9_500_000],
      ["directory", "app", 2, 2, 9_500_000],
      ["file", "app/app.js", 2, 2, 9_000_000],
    ],
  );
});

test("before the files are read only layers are shown, whatever the options", () => {
  const analysis = describedAnalysisOf(file, image);
  const view = viewOf({ groupBy: "package", filter: "x" }, {});
  const rows = layerTreeRows(analysis, undefined, view);
  assert.deepEqual(
    rows.map(({ label, hasChildren }) => [label, hasChildren]),
    [
      ["app:latest", false],
      ["Files are not read yet", false],
    ],
  );
});
