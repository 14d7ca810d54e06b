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

type Tool = keyof typeof tools;

interface Outcome {
  readonly code: number;
  readonly output: string;
}

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

function outcomeOf(folder: string, tool: Tool): Outcome {
  const [name, ...args] = tools[tool];
  const { status, stdout, stderr } = spawnSync(join(project, "node_modules/.bin", name), args, {
    cwd: folder,
    encoding: "utf8",
    timeout: 120_000,
    env: { ...process.env, NO_COLOR: "1" },
  });
  return { code: status ?? -1, output: stdout + stderr };
}

/** What a tool says of one planted file: of a file with that name, its lines alone. */
function saidOf(tool: Tool, { output }: Outcome, name: string): string {
  const split = tool === "lint" ? /\n(?= {2}[x!] )/ : "\n";
  return output
    .split(split)
    .filter((part) => part.includes(`/${name}`))
    .join("\n");
}

/** One violation: where it is planted, what is planted, which tool must find it, and what it must say. */
const plants: readonly {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly tool: Tool;
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
    says: /planted\w+\.ts.*Cannot find name 'process'/,
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
    name: "context importing image",
    files: {
      "server/src/core/context/planted.ts":
        'import type { Image } from "../image/image.ts";\n\nexport type Planted = Image;\n',
    },
    tool: "lint",
    says: /core\/context sees text and dockerfile, never images/,
  },
  {
    name: "forecast importing rules",
    files: {
      "server/src/core/forecast/planted.ts":
        'import type { Rule } from "../rules/rule.ts";\n\nexport type Planted = Rule;\n',
    },
    tool: "lint",
    says: /core\/forecast sees join, context, bases, budget and below/,
  },
  {
    name: "history importing views",
    files: {
      "server/src/core/history/planted.ts":
        'import type { SizeNote } from "../views/inlay.ts";\n\nexport type Planted = SizeNote;\n',
    },
    tool: "lint",
    says: /core\/history sees join and below/,
  },
  {
    name: "cost importing image",
    files: {
      "server/src/core/cost/planted.ts":
        'import type { Image } from "../image/image.ts";\n\nexport type Planted = Image;\n',
    },
    tool: "lint",
    says: /core\/cost knows sizes and prices only/,
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
    name: "the shell parser outside its files",
    files: {
      "server/src/core/dockerfile/planted.ts":
        'import type { Script } from "unbash";\n\nexport type Planted = Script;\n',
    },
    tool: "lint",
    says: /unbash is imported in server\/src\/core\/dockerfile\/shell\*\.ts only/,
  },
  {
    name: "the YAML parser outside its file",
    files: {
      "server/src/io/planted.ts":
        'import type { Document } from "yaml";\n\nexport type Planted = Document;\n',
    },
    tool: "lint",
    says: /yaml is imported in server\/src\/io\/buildContextCompose\.ts only/,
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
    says: /planted\w+\.ts.*not assignable/,
  },
  {
    name: "a file that is not formatted",
    files: { "server/src/core/text/planted.ts": "export   const planted = 1\n" },
    tool: "format",
    says: /planted\w+\.ts/,
  },
];

/** Its files under names of its own, so that all plants stand in one house and each tool runs once. */
function plantedAs(index: number, text: string): string {
  return text.replaceAll("planted", ownName(index));
}

const ownName = (index: number): string => `planted${index}th`;

describe("npm run check", () => {
  let folder = "";
  const found = new Map<Tool, Outcome>();
  const asItStands = new Map<Tool, Outcome>();
  before(() => {
    folder = copyOfTheHouse();
    const all = ["types", "lint", "format"] as const;
    for (const tool of all) asItStands.set(tool, outcomeOf(folder, tool));
    for (const [index, { files }] of plants.entries()) {
      for (const [file, text] of Object.entries(files)) {
        const path = join(folder, plantedAs(index, file));
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, plantedAs(index, text));
      }
    }
    for (const tool of all) found.set(tool, outcomeOf(folder, tool));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test("finds nothing in the house as it stands", () => {
    for (const { code, output } of asItStands.values()) assert.equal(code, 0, output);
  });

  for (const [index, { name, tool, says }] of plants.entries()) {
    test(`finds ${name}`, () => {
      const outcome = found.get(tool);
      assert.ok(outcome !== undefined && outcome.code !== 0, `${name} was not found`);
      assert.match(saidOf(tool, outcome, ownName(index)), says);
    });
  }
});
