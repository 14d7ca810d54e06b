import { runProcess } from "./processes.ts";
import { inRoot } from "./place.ts";

/** Bundles client, server and webviews with esbuild. Rejects when that fails; what is wrong is on the terminal. */
export async function build(options: { readonly production: boolean }): Promise<void> {
  const code = await runProcess(process.execPath, [
    inRoot("esbuild.mjs"),
    ...(options.production ? ["--production"] : []),
  ]);
  if (code !== 0) throw new Error("The bundles could not be built: see above.");
}
