import { listFiles, PackageManager } from "@vscode/vsce";
import { globSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build } from "./build.ts";
import { cacheFolder, inRoot, root } from "./place.ts";
import { runProcess } from "./processes.ts";
import { say, step } from "./progress.ts";

/** One file of the package, path relative to the repository. */
export interface PackagedFile {
  readonly path: string;
  readonly bytes: number;
}

/** What the `.vsix` holds, by path. The bundles must have been built. */
export async function packagedFiles(): Promise<readonly PackagedFile[]> {
  const stage = await stageFiles();
  try {
    const paths = await listFiles({ cwd: stage, packageManager: PackageManager.None });
    return await Promise.all(
      paths.toSorted().map(async (path) => ({ path, bytes: (await stat(join(stage, path))).size })),
    );
  } finally {
    await rm(stage, { recursive: true });
  }
}

/** Puts the bundles as they are built into a `.vsix`; its path. Rejects with what the packager said. */
export async function packBundles(target: string): Promise<string> {
  await mkdir(dirname(target), { recursive: true });
  const stage = await stageFiles();
  const log = `${stage}.log`;
  const code = await runProcess(
    process.execPath,
    [
      inRoot("node_modules/@vscode/vsce/vsce"),
      "package",
      "--no-dependencies",
      "--no-rewrite-relative-links",
      "--allow-missing-repository",
      `--out=${target}`,
    ],
    { cwd: stage, output: { file: log }, timeoutMs: 120_000 },
  );
  await rm(stage, { recursive: true });
  if (code !== 0) {
    throw new Error(`The extension could not be packed:\n${await readFile(log, "utf8")}`);
  }
  await rm(log);
  return target;
}

/** Copies what .vscodeignore lets through: the packager walks its folder whole, and ours holds an editor and its parts. */
async function stageFiles(): Promise<string> {
  await mkdir(cacheFolder, { recursive: true });
  const stage = await mkdtemp(join(cacheFolder, "package-"));
  const ignore = await readFile(inRoot(".vscodeignore"), "utf8");
  const wanted = ignore.split("\n").filter((line) => line.startsWith("!"));
  for (const path of globSync(
    wanted.map((line) => line.slice(1)),
    { cwd: root },
  )) {
    await cp(inRoot(path), join(stage, path), { recursive: true });
  }
  await cp(inRoot(".vscodeignore"), join(stage, ".vscodeignore"));
  return stage;
}

/** Builds the bundles for use and packs them. */
export async function makePackage(target: string): Promise<string> {
  await build({ production: true });
  return packBundles(target);
}

/** `npm run package`: the `.vsix` in the repository's folder, and what is in it. */
export async function packageExtension(): Promise<number> {
  const { version } = JSON.parse(await readFile(inRoot("package.json"), "utf8")) as {
    version: string;
  };
  const target = inRoot(`tare-${version}.vsix`);
  await step("Packaging the extension", () => makePackage(target));
  const files = await packagedFiles();
  const width = Math.max(...files.map(({ bytes }) => String(bytes).length));
  for (const { path, bytes } of files) say(`  ${String(bytes).padStart(width)} B  ${path}`);
  const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  say(`${target}: ${files.length} files, ${totalBytes} B, packed ${(await stat(target)).size} B`);
  return 0;
}
