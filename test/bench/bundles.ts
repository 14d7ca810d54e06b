import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dirname, "../..");

/** Where the benchmarks keep what they make. */
export const benchFolder: string = join(root, ".cache/bench");

const bundles = join(benchFolder, "bundles");

/** What the extension ships, minified as there; the server's file among it. */
export function buildBundles(): string {
  const words = ["esbuild.mjs", "--production", `--into=${bundles}`];
  const { status } = spawnSync(process.execPath, words, { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error("The bundles could not be built: see above.");
  return join(bundles, "server/dist/tare.cjs");
}

/** A script of this folder as a bundle beside those of the server, so that its threads start as the server's do. */
export async function bundleBeside(server: string, script: string): Promise<string> {
  const outfile = join(dirname(server), script.replace(/\.ts$/, ".cjs"));
  await build({
    entryPoints: [join(import.meta.dirname, script)],
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    define: { "import.meta.url": "importMetaUrl" },
    banner: { js: 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
  });
  return outfile;
}
