import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** Where the benchmarks keep what they make. */
export const benchFolder: string = join(root, ".cache/bench");

/** A file that runs by itself: the command, or a script of this folder. It lies among what the extension ships, minified as there, so that its threads start as the server's do. */
export function bundleOf(what: "tare" | "readOnce" | "historyOnce"): string {
  const into = join(benchFolder, "bundles");
  const script = what === "tare" ? [] : [`--with=test/bench/${what}.ts`];
  const words = ["esbuild.mjs", "--production", `--into=${into}`, ...script];
  const { status } = spawnSync(process.execPath, words, { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error("The bundles could not be built: see above.");
  return join(into, `server/dist/${what}.cjs`);
}
