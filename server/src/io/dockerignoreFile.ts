import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readTextIfSmall } from "./boundedFile.ts";

/** The `.dockerignore` of a Dockerfile, as far as it can be told. */
export interface DockerignoreFile {
  /** Absolute: where it is, or where it would be made. */
  readonly path: string;
  /** Undefined where there is none, or it cannot be read. */
  readonly text: string | undefined;
  /** False when the build may use another one: then its absence says nothing. */
  readonly isKnown: boolean;
}

/** Which Dockerfile, by absolute path, and the folder that its builds send; undefined where nobody said which. */
export interface DockerignoreRequest {
  readonly dockerfilePath: string;
  readonly contextFolder: string | undefined;
}

/** More than any that a person wrote. */
const mostBytes = 1_000_000;

/**
 * Looks as BuildKit does: `<Dockerfile>.dockerignore` beside the Dockerfile, else `.dockerignore` in the context. Where no context is named
 * it is taken to be the Dockerfile's folder, unless only a folder above has a `.dockerignore`: then builds start there, or may.
 */
export async function readDockerignore({
  dockerfilePath,
  contextFolder,
}: DockerignoreRequest): Promise<DockerignoreFile> {
  const own = await readIgnore(`${dockerfilePath}.dockerignore`);
  if (own.text !== undefined || !own.isKnown) return own;
  const context = contextFolder ?? dirname(dockerfilePath);
  const usual = await readIgnore(join(context, ".dockerignore"));
  if (usual.text !== undefined || contextFolder !== undefined) return usual;
  return { ...usual, isKnown: usual.isKnown && !(await hasIgnoreAbove(context)) };
}

async function readIgnore(path: string): Promise<DockerignoreFile> {
  const text = await readTextIfSmall(path, mostBytes);
  if (text !== undefined) return { path, text, isKnown: true };
  const trouble = await stat(path).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error.code,
  );
  return { path, text: undefined, isKnown: trouble === "ENOENT" };
}

/** Up to the folder that holds the repository. */
async function hasIgnoreAbove(folder: string): Promise<boolean> {
  if (await exists(join(folder, ".git"))) return false;
  const above = dirname(folder);
  if (above === folder) return false;
  return (await exists(join(above, ".dockerignore"))) || hasIgnoreAbove(above);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
