import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { before, describe, test } from "node:test";
import { rules } from "../../server/src/core/rules/registry.ts";
import { build } from "../machine/build.ts";
import { packagedFiles, type PackagedFile } from "../machine/packageTask.ts";
import { inRoot } from "../machine/place.ts";

describe("the package", () => {
  let files: readonly PackagedFile[] = [];
  before(async () => {
    if (!existsSync(inRoot("server/dist/tare.cjs"))) await build({ production: true });
    files = await packagedFiles();
  });

  test("holds the bundles and what is shown, nothing else", () => {
    const allowed = [
      /^(client\/dist\/extension|server\/dist\/(tare|layerWorker|archiveWorker))\.cjs$/,
      /^media\/(icon\.(png|svg)|dist\/\w+\.(js|css))$/,
      /^(package|package\.nls)\.json$/,
      /^(README|CHANGELOG)\.md$/,
      /^LICENSE$/,
      /^(client|server|media)\/dist\/licenses\.txt$/,
      /^syntaxes\/[\w.-]+\.json$/,
      /^server\/(schema|docs)\//,
    ];
    const others = files
      .map(({ path }) => path)
      .filter((path) => !allowed.some((pattern) => pattern.test(path)));
    assert.deepEqual(others, []);
  });

  test("holds what the extension cannot run or be understood without", () => {
    const paths = files.map(({ path }) => path);
    for (const path of [
      "client/dist/extension.cjs",
      "server/dist/tare.cjs",
      "server/dist/layerWorker.cjs",
      "server/dist/archiveWorker.cjs",
      "package.json",
      "package.nls.json",
      "media/icon.png",
      "media/icon.svg",
      "README.md",
      "LICENSE",
      "CHANGELOG.md",
      "server/docs/command-line.md",
      ...rules.map(({ code }) => `server/docs/rules/${code}.md`),
    ]) {
      assert.ok(paths.includes(path), `${path} is missing`);
    }
  });

  test("holds the licenses of what is bundled", () => {
    const libraries = {
      client: ["vscode-languageclient"],
      server: ["dockerode", "vscode-languageserver", "xxhash-wasm", "yaml"],
      media: ["d3-hierarchy"],
    };
    for (const [folder, names] of Object.entries(libraries)) {
      const path = `${folder}/dist/licenses.txt`;
      assert.ok(
        files.some((file) => file.path === path),
        `${path} is missing`,
      );
      const text = readFileSync(inRoot(path), "utf8");
      for (const name of names) {
        const isThere = new RegExp(`^${name} [\\d.]+ \\([\\w.-]+\\)\n\n[^-]`, "m").test(text);
        assert.ok(isThere, `the license of ${name} is missing in ${path}`);
      }
    }
  });

  test("is small", () => {
    const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
    assert.ok(totalBytes < 5_000_000, `${totalBytes} B unpacked`);
  });
});
