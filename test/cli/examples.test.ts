import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { microImage } from "../../examples/make.ts";
import { elfFile, staticLibrary } from "../../examples/make/elf.ts";
import { fatSteps } from "../../examples/make/fatLayers.ts";
import { analyse, parseDockerfile } from "../../server/src/core/analysis.ts";
import type { ReadImage } from "../../server/src/core/image/image.ts";
import { reportOf } from "../../server/src/core/views/report.ts";
import type { FileSpec, ImageBuilder } from "../support/imageBuilder.ts";
import { anImage, digestOf } from "../support/imageBuilder.ts";

const examples = fileURLToPath(new URL("../../examples", import.meta.url));

function textOf(path: string): string {
  return readFileSync(join(examples, path), "utf8");
}

test("the micro image in the repository is the one that the script makes", async () => {
  const image = await microImage();
  const blobs = join(examples, "micro/image/blobs/sha256");
  const stored = readdirSync(blobs).map((name) => readFileSync(join(blobs, name)));
  const config = stored.find((blob) => blob.toString("utf8") === image.configJson());
  assert.ok(config !== undefined, "node examples/make.ts --again");
  // Compressed bytes differ with the version of zlib; what they hold does not.
  const layers = stored.filter((blob) => blob[0] === 0x1f && blob[1] === 0x8b);
  assert.deepEqual(
    layers.map((blob) => digestOf(gunzipSync(blob))),
    image.layerTars().map((tar) => digestOf(tar)),
  );
});

test("the micro image holds a real static program of less than 20 kB", () => {
  const server = readFileSync(join(examples, "micro/server"));
  assert.ok(server.length < 20_000);
  assert.equal(server.toString("latin1", 0, 4), "\u007fELF");
  const view = new DataView(server.buffer, server.byteOffset);
  const headersAt = Number(view.getBigUint64(32, true));
  const kinds = Array.from({ length: view.getUint16(56, true) }, (_, index) =>
    view.getUint32(headersAt + index * view.getUint16(54, true), true),
  );
  const interpreter = 3;
  assert.ok(kinds.length > 0 && !kinds.includes(interpreter), "it needs no dynamic loader");
});

/** The fat image with contents told by size and digest only, so that nothing is compressed or hashed here. */
function fatWithoutContents(): ReadImage {
  const image = fatSteps().reduce<ImageBuilder>((made, { createdBy, comment, entries }) => {
    if (entries === undefined) return made.emptyRow(createdBy, { comment });
    const files = [...entries].map(([path, entry]): readonly [string, FileSpec] => {
      switch (entry.kind) {
        case "directory":
          return [`${path}/`, { uid: entry.uid ?? 0 }];
        case "file":
          return [
            path,
            { size: entry.content.length, seed: digestOf(entry.content), uid: entry.uid ?? 0 },
          ];
        case "symlink":
          return [path, { symlink: entry.target }];
        case "removed":
          return [path.replace(/([^/]+)$/, ".wh.$1"), "0"];
      }
    });
    return made.layer(Object.fromEntries(files), { createdBy, comment });
  }, anImage());
  return image.read();
}

const fat = fatWithoutContents();
const fatReport = reportOf(
  fat,
  analyse(parseDockerfile(textOf("fat/Dockerfile")), {
    state: "read",
    description: fat.description,
    read: fat,
  }),
);

test("every line of the fat example finds its layers in the image", () => {
  const own = fatReport.instructions.filter(({ stage }) => stage === 1);
  assert.ok(own.length > 10);
  for (const { text, basis, contentBytes } of own) {
    assert.equal(basis, "measured", text);
    assert.notEqual(contentBytes, null, text);
  }
  const linesBytes = own.reduce((sum, { contentBytes }) => sum + (contentBytes ?? 0), 0);
  assert.equal(linesBytes, fatReport.totals.layerContentBytes);
  for (const { text, contentBytes } of fatReport.instructions.filter(({ stage }) => stage === 0)) {
    assert.equal(contentBytes, null, text);
  }
});

test("the fat example has something to find in every view", () => {
  const { totals, waste, budgets } = fatReport;
  assert.ok(totals.layerContentBytes > 30e6 && totals.layerContentBytes < 90e6);
  assert.ok(totals.wastedBytes > totals.layerContentBytes / 4);
  assert.deepEqual([...new Set([...waste].map(({ kind }) => kind))].toSorted(), [
    "deleted",
    "metadata-only",
    "moved",
    "overwritten",
  ]);
  assert.deepEqual(
    budgets.map(({ name, ok }) => [name, ok]),
    [["budget", false]],
  );
});

test("the made-up programs are ELF files with sections, the libraries archives of them", () => {
  const program = elfFile("x", { kind: "executable", codeBytes: 4000, debugBytes: 2000 });
  const view = new DataView(program.buffer);
  const sections = Number(view.getBigUint64(40, true));
  const namesHeader = sections + view.getUint16(62, true) * 64;
  const namesAt = Number(view.getBigUint64(namesHeader + 24, true));
  const names = Array.from({ length: view.getUint16(60, true) }, (_, index) => {
    const start = namesAt + view.getUint32(sections + index * 64, true);
    return Buffer.from(program.subarray(start, program.indexOf(0, start))).toString("latin1");
  });
  assert.deepEqual(names, [
    "",
    ".text",
    ".rodata",
    ".debug_info",
    ".debug_line",
    ".debug_str",
    ".shstrtab",
  ]);
  const library = Buffer.from(staticLibrary("y", 2, 1000)).toString("latin1");
  assert.ok(library.startsWith("!<arch>\nm0.o/"));
  assert.equal(library.split("\u007fELF").length, 3);
});

test("an example's image lies where its Dockerfile says, or is made there", () => {
  for (const name of ["micro", "fat"]) {
    assert.match(textOf(`${name}/Dockerfile`), /^# tare: image=oci:image /m);
  }
  assert.ok(existsSync(join(examples, "micro/image/oci-layout")));
  assert.equal(textOf("fat/.gitignore"), "image/\n");
});
