import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDockerfile } from "../../server/src/core/analysis.ts";
import { folderOf, foldersOf, pathOfUri } from "../../server/src/lsp/folders.ts";
import { namedImage } from "../../server/src/lsp/imageChoice.ts";
import { parseSettings } from "../../server/src/lsp/settings.ts";

const folders = foldersOf([
  { uri: "file:///work" },
  { uri: "file:///work/service" },
  { uri: "vscode-vfs://github/x" },
]);

/** `source reference in base folder` of the image that is named. */
function named(
  uri: string,
  text: string,
  images: Readonly<Record<string, string>> = {},
  remembered?: string,
): string | undefined {
  const found = namedImage(parseDockerfile(text), {
    uri,
    folder: folderOf(folders, uri),
    settings: parseSettings({ images }).value,
    remembered,
  });
  return found && `${found.chosenBy} ${found.reference} in ${found.baseFolder}`;
}

test("a directive wins over a setting, a setting over what was chosen; paths start where each says", () => {
  const uri = "file:///work/a/Dockerfile";
  const directive = "# tare: image=oci:out\nFROM x\n";
  const images = { "a/Dockerfile": "oci:built" };
  assert.equal(named(uri, directive, images, "old"), "directive oci:out in /work/a");
  assert.equal(named(uri, "FROM x\n", images, "old"), "setting oci:built in /work");
  assert.equal(named(uri, "FROM x\n", {}, "old"), "remembered old in /work");
  assert.equal(named(uri, "FROM x\n"), undefined);
});

const globs: readonly (readonly [string, string, boolean])[] = [
  ["Dockerfile", "file:///work/Dockerfile", true],
  ["./Dockerfile", "file:///work/Dockerfile", true],
  ["Dockerfile", "file:///work/a/Dockerfile", false],
  ["**/Dockerfile", "file:///work/a/b/Dockerfile", true],
  ["*/Dockerfile.dev", "file:///work/a/Dockerfile.dev", true],
  ["a/[x]/Dockerfile", "file:///work/a/%5Bx%5D/Dockerfile", true],
  ["Dockerfile", "file:///work/service/Dockerfile", true],
  ["service/Dockerfile", "file:///work/service/Dockerfile", false],
  ["**/Dockerfile", "untitled:Untitled-1", false],
];

for (const [glob, uri, fits] of globs) {
  test(`${glob} ${fits ? "names" : "does not name"} ${uri}`, () =>
    assert.equal(named(uri, "FROM x\n", { [glob]: "app" }) !== undefined, fits));
}

test("the first glob that fits counts", () =>
  assert.match(
    named("file:///work/Dockerfile", "FROM x\n", { "Docker*": "one", "**": "two" }) ?? "",
    / one /,
  ));

test("an untitled file's paths start at the workspace", () =>
  assert.equal(
    named("untitled:Untitled-1", "# tare: image=oci:x\nFROM x\n"),
    "directive oci:x in /work",
  ));

test("only file URIs with a path of this machine have one", () => {
  assert.equal(pathOfUri("file:///work/with%20blank/Dockerfile"), "/work/with blank/Dockerfile");
  for (const uri of [
    "untitled:x",
    "no uri",
    "",
    "file:///a%2Fb",
    "file://host/share/Dockerfile",
    "file:///tmp/100%/Dockerfile",
    "file:///tmp/%zz",
    "file:///tmp/%ff",
    "file:///tmp/a%00b",
  ]) {
    assert.equal(pathOfUri(uri), undefined, uri);
  }
});
