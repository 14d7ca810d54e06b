import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { OutputStream } from "../../server/src/cli/output.ts";
import { runCli } from "../../server/src/cli/main.ts";
import { processHost } from "../../server/src/cli/processHost.ts";
import { directiveKeys } from "../../server/src/core/views/directiveHelp.ts";
import { Writable } from "node:stream";

// The README and the page of the command line say what is: their samples are real output, their lists follow the code. `TARE_UPDATE_README=1` writes them anew.

const root = fileURLToPath(new URL("../..", import.meta.url));
const path = join(root, "README.md");
const documents = [path, join(root, "server/docs/command-line.md")] as const;
const isUpdating = process.env["TARE_UPDATE_README"] === "1";

before(() => {
  if (existsSync(join(root, "examples/fat/image/oci-layout"))) return;
  const made = spawnSync(process.execPath, ["examples/make.ts"], { cwd: root, encoding: "utf8" });
  assert.equal(made.status, 0, made.stderr);
});

/** What a pipe of 80 columns gets. */
async function outputOf(argv: readonly string[]): Promise<string> {
  let text = "";
  const stdout: OutputStream = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      text += chunk;
      done();
    },
  });
  await runCli([...argv, ...(argv.includes("--help") ? [] : ["--no-cache"])], {
    ...processHost(),
    stdout,
    cwd: root,
  });
  return text;
}

/** Compressed sizes differ with the version of zlib that made the example; everything else is the same everywhere. */
function withoutTransfer(text: string): string {
  return text.replace(/^ {2}Transfer .*$/m, "  Transfer").replaceAll(/[ \t]+$/gm, "");
}

test("samples of the command line are its real output", async () => {
  const seen: string[] = [];
  for (const document of documents) {
    let page = readFileSync(document, "utf8");
    const samples = [...page.matchAll(/<!-- tare (.*) -->\n\n```console\n([\s\S]*?\n)```\n/g)];
    assert.ok(samples.length > 0, document);
    for (const [whole, line = "", shown = ""] of samples) {
      seen.push(line);
      const output = (await outputOf(line.split(" "))).replaceAll(/[ \t]+$/gm, "");
      const real = `$ tare ${line}\n${output}`;
      if (isUpdating) page = page.replace(whole, () => whole.replace(shown, () => real));
      else assert.equal(withoutTransfer(shown), withoutTransfer(real));
    }
    if (isUpdating) writeFileSync(document, page);
  }
  for (const command of ["analyze", "lint", "fix", "diff", "start"]) {
    assert.ok(seen.includes(`${command} --help`), command);
  }
});

interface Setting {
  readonly default: unknown;
  readonly markdownDescription: string;
}

test("the list of settings has every setting with its default and its description", () => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly contributes: {
      readonly configuration: { readonly properties: Readonly<Record<string, Setting>> };
    };
  };
  const texts = JSON.parse(readFileSync(join(root, "package.nls.json"), "utf8")) as Readonly<
    Record<string, string>
  >;
  const rows = Object.entries(manifest.contributes.configuration.properties).map(
    ([name, setting]) => {
      const meaning = (
        texts[setting.markdownDescription.replaceAll("%", "")] ?? setting.markdownDescription
      )
        .replaceAll(/`#([\w.]+)#`/g, "`$1`")
        .replaceAll("|", "\\|")
        .replaceAll("\n", " ");
      return `- \`${name}\`, default \`${JSON.stringify(setting.default)}\`: ${meaning}`;
    },
  );
  const list = `<!-- settings -->\n\n${rows.join("\n")}\n`;
  const readme = readFileSync(path, "utf8");
  const shown = /<!-- settings -->\n\n(?:- .*\n)+/.exec(readme)?.[0] ?? "";
  if (isUpdating)
    writeFileSync(
      path,
      readme.replace(shown, () => list),
    );
  else assert.equal(shown, list);
});

test("every key of `# tare:` comments is explained", () => {
  const readme = readFileSync(path, "utf8");
  for (const { key } of directiveKeys) assert.ok(readme.includes(`\`${key}=`), key);
});

test("links lead to files that are there", () => {
  for (const document of documents) {
    const page = readFileSync(document, "utf8");
    const links = [...page.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, target = ""]) => target);
    assert.ok(links.length > 1, document);
    for (const target of links.filter((link) => !link.startsWith("media/screenshots/"))) {
      assert.ok(existsSync(resolve(dirname(document), target)), target);
    }
  }
});

test("no text of the project names the machine it was written on", () => {
  const home = homedir();
  for (const file of [
    "README.md",
    "CHANGELOG.md",
    "server/docs/command-line.md",
    "examples/fat/Dockerfile",
    "examples/micro/Dockerfile",
  ]) {
    const text = readFileSync(join(root, file), "utf8");
    assert.ok(home === "/root" || !text.includes(home), file);
    assert.ok(!text.includes(root), file);
  }
});
