import assert from "node:assert/strict";
import { cpSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import type { ReadImage } from "../../server/src/core/image/image.ts";
import { packagesByLayer } from "../../server/src/core/image/packages/layerPackages.ts";
import { packagesOf } from "../../server/src/core/image/packages/packageTable.ts";
import {
  installPackages,
  runProgram,
  startEngine,
  type TestEngine,
  withEngine,
} from "../machine/engine.ts";
import { inRoot } from "../machine/place.ts";
import { readTagged } from "../support/readTagged.ts";

/** What npm installed for this repository, so that it is what npm really writes. */
const npmNames = [
  "ajv",
  "fast-deep-equal",
  "fast-uri",
  "json-schema-traverse",
  "require-from-string",
];

/** Bytes by `manager name version`, as other means than the layers tell them. */
type Weights = Readonly<Record<string, number>>;

/** Bytes of the regular files below a folder. */
function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => lstatSync(join(folder, path)))
    .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);
}

/** `node_modules` with packages of npm. */
function npmContent(folder: string): Weights {
  const weights = npmNames.map((name) => {
    const own = join(folder, name);
    cpSync(inRoot("node_modules", name), own, { recursive: true, dereference: true });
    const { version } = JSON.parse(readFileSync(join(own, "package.json"), "utf8")) as {
      readonly version: string;
    };
    return [`npm ${name} ${version}`, bytesBelow(own)] as const;
  });
  return Object.fromEntries(weights);
}

/** An `installed` database as apk writes it, with two packages. */
function apkContent(folder: string): Weights {
  mkdirSync(join(folder, "lib/apk/db"), { recursive: true });
  mkdirSync(join(folder, "usr/lib"), { recursive: true });
  writeFileSync(join(folder, "usr/lib/libmusl.so"), Buffer.alloc(612_345, "m"));
  writeFileSync(join(folder, "lib/tool"), Buffer.alloc(54_321, "t"));
  const block = (name: string, version: string, directory: string, file: string): string =>
    `C:Q1aaaa=\nP:${name}\nV:${version}\nA:x86_64\nF:${directory}\nR:${file}\nZ:Q1bbbb=\n\n`;
  writeFileSync(
    join(folder, "lib/apk/db/installed"),
    block("musl", "1.2.5-r0", "usr/lib", "libmusl.so") + block("tool", "3-r1", "lib", "tool"),
  );
  return { "apk musl 1.2.5-r0": 612_345, "apk tool 3-r1": 54_321 };
}

const byMetadata = `
import importlib.metadata as m, json, os, sys
print(json.dumps({"pypi %s %s" % (d.metadata["Name"], d.version):
  sum(os.lstat(f.locate()).st_size for f in (d.files or []) if os.path.isfile(f.locate()))
  for d in m.distributions(path=[sys.argv[1]])}))
`;

const makeWheel = `
import sys, zipfile
path = sys.argv[1] + "/scales-1.2-py3-none-any.whl"
info = "scales-1.2.dist-info/"
files = {
  "scales/__init__.py": "def weigh(what):\\n    return len(what)\\n",
  "scales/units.txt": "kg\\n" * 2000,
  info + "METADATA": "Metadata-Version: 2.1\\nName: scales\\nVersion: 1.2\\n",
  info + "WHEEL": "Wheel-Version: 1.0\\nGenerator: hand\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
}
with zipfile.ZipFile(path, "w") as wheel:
  for name, text in files.items():
    wheel.writestr(name, text)
  wheel.writestr(info + "RECORD", "".join(name + ",,\\n" for name in [*files, info + "RECORD"]))
print(path)
`;

/** What pip installs of a wheel, weighed by Python's own reading of RECORD. */
async function pipContent(folder: string, scratch: string): Promise<Weights> {
  const run = async (...words: readonly string[]): Promise<string> =>
    (await runProgram("python3", words)).stdout;
  const wheel = (await run("-c", makeWheel, scratch)).trim();
  const options = [
    "--no-index",
    "--no-deps",
    "--disable-pip-version-check",
    "--root-user-action=ignore",
  ];
  await run("-m", "pip", "install", "-q", ...options, "--target", folder, wheel);
  return JSON.parse(await run("-c", byMetadata, folder)) as Weights;
}

const dockerfile = `FROM scratch
COPY apk /
COPY npm /app/node_modules
COPY pip /usr/lib/python3/site-packages
`;

interface Built {
  readonly read: ReadImage;
  /** By layer. */
  readonly weights: readonly Weights[];
}

async function buildContent(engine: TestEngine): Promise<Built> {
  const context = join(engine.folder, "managers");
  for (const name of ["apk", "npm", "pip"]) mkdirSync(join(context, name), { recursive: true });
  const weights = [
    apkContent(join(context, "apk")),
    npmContent(join(context, "npm")),
    await pipContent(join(context, "pip"), engine.folder),
  ];
  writeFileSync(join(context, "pip/mine.py"), "print('of no package')\n");
  const file = join(engine.folder, "managers.Dockerfile");
  writeFileSync(file, dockerfile);
  const words = ["build", "--network=none", "-q", "-t", "managers:1", "-f", file, context];
  await engine.run(words, { DOCKER_BUILDKIT: "0" });
  return { read: await readTagged(engine, "managers:1"), weights };
}

const missing = await installPackages({ pip3: "python3-pip" });
const options = { timeout: 180_000, skip: missing };

suite("packages of apk, npm and pip in an image that an engine built", options, () => {
  let built: Built | undefined;
  const engineOf = withEngine(startEngine, async (engine) => {
    built = await buildContent(engine);
  });

  test("weigh what their own tools and the files on disk say, layer by layer", (context) => {
    if (engineOf(context) === undefined || built === undefined) return;
    const { read, weights } = built;
    assert.deepEqual(Object.keys(weights[2] ?? {}), ["pypi scales 1.2"]);
    const table = packagesOf(read);
    weights.forEach((expected, layer) => {
      const found = packagesByLayer(read, table, layer).map(
        ({ manager, name, version, bytes }) => [`${manager} ${name} ${version}`, bytes] as const,
      );
      assert.deepEqual(Object.fromEntries(found), expected, `layer ${layer}`);
    });
    assert.equal(table.ownedBytes + table.unownedBytes, read.finalContentBytes);
    assert.deepEqual(table.unreadBooks, []);
  });
});
