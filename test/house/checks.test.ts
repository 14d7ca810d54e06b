import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";

const project = resolve(import.meta.dirname, "../..");
const checkedFolders = ["server", "client", "media"] as const;
const tools = {
  types: ["tsc", "-b", "server/src/core"],
  lint: ["oxlint", ...checkedFolders],
  format: ["oxfmt", "--check", ...checkedFolders],
} as const;

/** Copies what `npm run check` looks at, without anything built. */
function copyOfTheHouse(): string {
  const folder = mkdtempSync(join(tmpdir(), "tare-house-"));
  const skipped = new Set(["dist", "fixtures"]);
  for (const part of ["server/src", "client/src", "media", "tsconfig.base.json"]) {
    cpSync(join(project, part), join(folder, part), {
      recursive: true,
      filter: (source) => !skipped.has(source.split("/").at(-1) ?? ""),
    });
  }
  for (const part of [
    "package.json",
    "tsconfig.json",
    "server/tsconfig.json",
    "client/tsconfig.json",
    ".oxlintrc.json",
    ".oxfmtrc.json",
  ]) {
    cpSync(join(project, part), join(folder, part));
  }
  symlinkSync(join(project, "node_modules"), join(folder, "node_modules"));
  return folder;
}

function outcomeOf(folder: string, tool: keyof typeof tools): { code: number; output: string } {
  const [name, ...args] = tools[tool];
  const { status, stdout, stderr } = spawnSync(join(project, "node_modules/.bin", name), args, {
    cwd: folder,
    encoding: "utf8",
    timeout: 120_000,
    env: { ...process.env, NO_COLOR: "1" },
  });
  return { code: status ?? -1, output: stdout + stderr };
}

/** One violation: where it is planted, what is planted, which tool must find it, and what it must say. */
const plants: readonly {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly tool: keyof typeof tools;
  readonly says: RegExp;
}[] = [
  {
    name: "I/O imported in core",
    files: {
      "server/src/core/text/planted.ts":
        'import { readFileSync } from "node:fs";\n\nexport const planted = readFileSync;\n',
    },
    tool: "lint",
    says: /core is pure/,
  },
  {
    name: "I/O in core does not even have types",
    files: {
      "server/src/core/text/planted.ts": "export const planted = process.env;\n",
    },
    tool: "types",
    says: /planted\.ts.*Cannot find name 'process'/,
  },
  {
    name: "a clock in core",
    files: {
      "server/src/core/text/planted.ts": "export const planted = (): number => Date.now();\n",
    },
    tool: "lint",
    says: /time is an input/,
  },
  {
    name: "image importing dockerfile",
    files: {
      "server/src/core/image/planted.ts":
        'import type { Stage } from "../dockerfile/syntax.ts";\n\nexport type Planted = Stage;\n',
    },
    tool: "lint",
    says: /core\/image knows images only/,
  },
  {
    name: "dockerfile importing image",
    files: {
      "server/src/core/dockerfile/planted.ts":
        'import type { Image } from "../image/image.ts";\n\nexport type Planted = Image;\n',
    },
    tool: "lint",
    says: /core\/dockerfile knows text only/,
  },
  {
    name: "core importing io",
    files: {
      "server/src/core/join/planted.ts":
        'import type { OpenedImage } from "../../io/imageSource.ts";\n\nexport type Planted = OpenedImage;\n',
    },
    tool: "lint",
    says: /core imports nothing outside core/,
  },
  {
    name: "vscode outside client",
    files: {
      "server/src/lsp/planted.ts":
        'import type { Uri } from "vscode";\n\nexport type Planted = Uri;\n',
    },
    tool: "lint",
    says: /vscode is imported in client\/ only/,
  },
  {
    name: "the LSP library outside lsp",
    files: {
      "server/src/cli/planted.ts":
        'import type { Hover } from "vscode-languageserver";\n\nexport type Planted = Hover;\n',
    },
    tool: "lint",
    says: /vscode-languageserver is imported in server\/src\/lsp\/ only/,
  },
  {
    name: "dockerode outside its file",
    files: {
      "server/src/io/planted.ts":
        'import type Docker from "dockerode";\n\nexport type Planted = Docker;\n',
    },
    tool: "lint",
    says: /dockerode is imported in server\/src\/io\/dockerEngine\.ts only/,
  },
  {
    name: "the Dockerfile parser outside its file",
    files: {
      "server/src/core/dockerfile/planted.ts":
        'import type { Dockerfile } from "dockerfile-ast";\n\nexport type Planted = Dockerfile;\n',
    },
    tool: "lint",
    says: /dockerfile-ast is imported in server\/src\/core\/dockerfile\/parse\.ts only/,
  },
  {
    name: "lsp reaching past the one door of core",
    files: {
      "server/src/lsp/planted.ts":
        'import { formatSize } from "../core/text/size.ts";\n\nexport const planted = formatSize;\n',
    },
    tool: "lint",
    says: /lsp and cli see core through/,
  },
  {
    name: "analysis in the client",
    files: {
      "client/src/planted.ts":
        'import { formatSize } from "../../server/src/core/text/size.ts";\n\nexport const planted = formatSize;\n',
    },
    tool: "lint",
    says: /client sees the protocol only/,
  },
  {
    name: "a cycle",
    files: {
      "server/src/core/text/plantedOne.ts":
        'import { two } from "./plantedTwo.ts";\n\nexport const one = (): number => two();\n',
      "server/src/core/text/plantedTwo.ts":
        'import { one } from "./plantedOne.ts";\n\nexport const two = (): number => one();\n',
    },
    tool: "lint",
    says: /no-cycle/,
  },
  {
    name: "any",
    files: { "server/src/core/text/planted.ts": "export type Planted = any;\n" },
    tool: "lint",
    says: /no-explicit-any/,
  },
  {
    name: "a type error",
    files: { "server/src/core/text/planted.ts": 'export const planted: number = "one";\n' },
    tool: "types",
    says: /planted\.ts.*not assignable/,
  },
  {
    name: "a file that is not formatted",
    files: { "server/src/core/text/planted.ts": "export   const planted = 1\n" },
    tool: "format",
    says: /planted\.ts/,
  },
];

describe("npm run check", () => {
  let folder = "";
  before(() => {
    folder = copyOfTheHouse();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test("finds nothing in the house as it stands", () => {
    for (const tool of ["types", "lint", "format"] as const) {
      const { code, output } = outcomeOf(folder, tool);
      assert.equal(code, 0, output);
    }
  });

  for (const { name, files, tool, says } of plants) {
    test(`finds ${name}`, () => {
      const paths = Object.entries(files).map(([file, text]) => {
        const path = join(folder, file);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text);
        return path;
      });
      const { code, output } = outcomeOf(folder, tool);
      for (const path of paths) rmSync(path);
      assert.notEqual(code, 0, `${name} was not found`);
      assert.match(output, says);
    });
  }
});
