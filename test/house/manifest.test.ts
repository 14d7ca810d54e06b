import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { inRoot } from "../machine/place.ts";
import { commands } from "../../server/src/protocol.ts";
import { defaultSettings, parseSettings } from "../../server/src/lsp/settings.ts";

interface Setting {
  readonly default: unknown;
  readonly type: string | readonly string[];
  readonly pattern?: string;
}

interface Manifest {
  readonly contributes: {
    readonly configuration: { readonly properties: Readonly<Record<string, Setting>> };
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string }[]>>;
    readonly viewsWelcome: readonly { readonly contents: string }[];
  };
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] };
  };
}

const text = readFileSync(inRoot("package.json"), "utf8");
const manifest = JSON.parse(text) as Manifest;
const strings = JSON.parse(readFileSync(inRoot("package.nls.json"), "utf8")) as Readonly<
  Record<string, string>
>;
const settings = manifest.contributes.configuration.properties;
const clientSources = [
  "commands",
  "files/fileCommands",
  "views/layerTree",
  "views/layerTreeCommands",
  "views/status",
  "views/treemapMenu",
]
  .map((name) => readFileSync(inRoot(`client/src/${name}.ts`), "utf8"))
  .join("\n");

/** The tree that a client sends for dotted names. */
function nested(values: readonly (readonly [name: string, value: unknown])[]): unknown {
  const tree: Record<string, unknown> = {};
  for (const [name, value] of values) {
    const parts = name.split(".").slice(1);
    const last = parts.pop() ?? "";
    const place = parts.reduce<Record<string, unknown>>((at, part) => {
      const below = (at[part] ?? {}) as Record<string, unknown>;
      at[part] = below;
      return below;
    }, tree);
    place[last] = value;
  }
  return tree;
}

describe("package.json", () => {
  test("has the defaults of the server", () => {
    const section = nested(
      Object.entries(settings).map(([name, setting]) => [name, setting.default]),
    );
    assert.deepEqual(parseSettings(section), { value: defaultSettings, problems: [] });
  });

  test("names every setting that the server reads, and no other", () => {
    const read = readFileSync(inRoot("server/src/lsp/settings.ts"), "utf8");
    const documented = [...read.matchAll(/\/\*\* `(tare\.[\w.]+)`,/g)].map(
      ([, name]) => name ?? "",
    );
    assert.deepEqual(new Set(Object.keys(settings)), new Set(documented));
  });

  test("accepts the sizes that the server accepts", () => {
    for (const [name, { pattern }] of Object.entries(settings)) {
      if (pattern === undefined) continue;
      for (const size of ["", "812", "812B", "16.4 kB", "10MB", "1GiB", "2 tb", "5m"]) {
        assert.match(size, new RegExp(pattern), name);
      }
      for (const size of ["MB", "1XB", "ten", "1 MB 2"]) {
        assert.doesNotMatch(size, new RegExp(pattern), name);
      }
    }
  });

  test("takes every text that a person reads from package.nls.json, which holds no other", () => {
    const used = [...text.matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key ?? "");
    assert.deepEqual(new Set(used), new Set(Object.keys(strings)));
  });

  test("titles every command that links, menus and welcome texts name, and the client has it", () => {
    const titled = manifest.contributes.commands.map(({ command }) => command);
    const inMenus = Object.values(manifest.contributes.menus).flatMap((items) =>
      items.map(({ command }) => command),
    );
    const inTexts = Object.values(strings).flatMap((words) =>
      [...words.matchAll(/command:(tare\.\w+)/g)].map(([, command]) => command ?? ""),
    );
    for (const command of [...Object.values(commands), ...inMenus, ...inTexts]) {
      assert.ok(titled.includes(command), `${command} has no title`);
    }
    for (const command of titled) {
      const name = Object.entries(commands).find(([, known]) => known === command)?.[0];
      const spelling = name === undefined ? `"${command}"` : `commands.${name}`;
      assert.ok(clientSources.includes(spelling), `the client has no ${command}`);
    }
  });

  test("takes from an untrusted folder no setting that leads to an engine or a file", () => {
    const restricted = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
    for (const name of ["tare.images", "tare.engine.endpoint"]) {
      assert.ok(restricted.includes(name), name);
    }
    assert.deepEqual(
      restricted.filter((name) => settings[name] === undefined),
      [],
    );
  });
});
