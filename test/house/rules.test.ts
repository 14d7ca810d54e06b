import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { rules } from "../../server/src/core/rules/registry.ts";
import { inRoot } from "../machine/place.ts";

const isUpdating = process.env["TARE_UPDATE_README"] === "1";
const pages = inRoot("server/docs/rules");

describe("the rules", () => {
  test("have codes in kebab case, each once, and titles without a full stop", () => {
    const codes = rules.map(({ code }) => code);
    assert.deepEqual([...new Set(codes)], codes);
    for (const { code, title } of rules) {
      assert.match(code, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
      assert.match(title, /^[A-Z`].*[^.]$/, code);
    }
  });

  test("have a page each, and every page has its rule", () => {
    const written = existsSync(pages) ? readdirSync(pages) : [];
    assert.deepEqual(written.toSorted(), rules.map(({ code }) => `${code}.md`).toSorted());
  });

  test("are named on their pages, with what is bad, what is good and why", () => {
    for (const { code } of rules) {
      const page = readFileSync(inRoot(`server/docs/rules/${code}.md`), "utf8");
      assert.match(page, /^# .+\n/, code);
      assert.ok(page.includes(code), code);
      assert.match(page, /```dockerfile\n/, code);
    }
  });

  test("are offered in the settings with what they are about and how loud they are", () => {
    const text = readFileSync(inRoot("package.json"), "utf8");
    const manifest = JSON.parse(text) as {
      contributes: {
        configuration: { properties: Record<string, { properties?: Record<string, unknown> }> };
      };
    };
    const expected = Object.fromEntries(
      rules.map(({ code, title, severity }) => [
        code,
        {
          enum: ["error", "warning", "information", "hint", "off"],
          default: severity,
          description: title,
        },
      ]),
    );
    const setting = manifest.contributes.configuration.properties["tare.rules"];
    assert.ok(setting);
    if (isUpdating) {
      setting.properties = expected;
      writeFileSync(inRoot("package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
    } else assert.deepEqual(setting.properties, expected);
  });

  test("are listed in the README, in their order", () => {
    const path = inRoot("README.md");
    const readme = readFileSync(path, "utf8");
    const rows = rules.map(
      ({ code, title }) => `- [\`${code}\`](server/docs/rules/${code}.md): ${title}`,
    );
    const list = `<!-- rules -->\n\n${rows.join("\n")}\n`;
    const shown = /<!-- rules -->\n\n(?:- .*\n)+/.exec(readme)?.[0];
    assert.ok(shown !== undefined, "the README has no place for the rules");
    if (isUpdating)
      writeFileSync(
        path,
        readme.replace(shown, () => list),
      );
    else assert.equal(shown, list);
  });
});
