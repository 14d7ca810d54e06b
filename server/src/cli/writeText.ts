import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { CliHost } from "./host.ts";

/** Writes a file named on the command line; one sentence when that fails, undefined when it is done. */
export async function writeText(
  path: string,
  content: string,
  { cwd }: CliHost,
): Promise<string | undefined> {
  const trouble = await writeFile(resolve(cwd, path), content).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  );
  return trouble === undefined
    ? undefined
    : `${path} cannot be written (${trouble}): check its permissions.`;
}
