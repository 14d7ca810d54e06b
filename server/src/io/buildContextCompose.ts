import { stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { readTextIfSmall } from "./boundedFile.ts";

/** What a compose file says of the builds of one Dockerfile. */
export interface ComposeBuild {
  /** The compose file, absolute. */
  readonly composeFile: string;
  /** Folders that its services send for this Dockerfile, absolute, in the order of the services, each once. */
  readonly folders: readonly string[];
}

/** In the order in which Compose looks for them; it takes the first. compose-spec 03-compose-file.md. */
const composeNames = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];
/** More than any that a person wrote. */
const mostBytes = 1_000_000;
/** Folders looked at above the Dockerfile, at most. */
const mostFolders = 12;

/**
 * The nearest compose file, in the Dockerfile's folder or above it, that builds this Dockerfile; up to and including `topFolder`, or else the
 * folder that holds the repository. Values that need variables, and contexts that are no local folders, are passed over. Undefined for none.
 */
export async function findComposeBuild(
  dockerfilePath: string,
  topFolder: string | undefined,
): Promise<ComposeBuild | undefined> {
  let folder = dirname(dockerfilePath);
  for (let looked = 0; looked < mostFolders; looked += 1) {
    const found = await readComposeBuild(folder, dockerfilePath);
    if (found !== undefined) return found;
    const above = dirname(folder);
    const isTop = folder === topFolder || above === folder;
    if (isTop || (topFolder === undefined && (await isRepository(folder)))) return undefined;
    folder = above;
  }
  return undefined;
}

async function isRepository(folder: string): Promise<boolean> {
  const head = await stat(join(folder, ".git", "HEAD")).catch(() => undefined);
  return head?.isFile() === true;
}

async function readComposeBuild(
  folder: string,
  dockerfilePath: string,
): Promise<ComposeBuild | undefined> {
  for (const name of composeNames) {
    const composeFile = join(folder, name);
    const text = await readTextIfSmall(composeFile, mostBytes);
    if (text === undefined) continue;
    const folders = contextsIn(text, folder, dockerfilePath);
    return folders.length === 0 ? undefined : { composeFile, folders };
  }
  return undefined;
}

/** Folders that a compose file sends for a Dockerfile. Empty for a text that is no compose file. */
export function contextsIn(
  text: string,
  folder: string,
  dockerfilePath: string,
): readonly string[] {
  const services = fieldOf(parseYaml(text), "services");
  if (!isObject(services)) return [];
  const contexts = Object.values(services).flatMap((service) => {
    const build = fieldOf(service, "build");
    const written = typeof build === "string" ? build : (fieldOf(build, "context") ?? ".");
    const dockerfile = fieldOf(build, "dockerfile") ?? "Dockerfile";
    if (build === undefined || build === null || !isPath(written) || !isPath(dockerfile)) return [];
    if (fieldOf(build, "dockerfile_inline") !== undefined) return [];
    const context = resolve(folder, written);
    return resolve(context, dockerfile) === dockerfilePath ? [context] : [];
  });
  return [...new Set(contexts)];
}

/** A file that is no YAML says nothing; aliases are bounded by the library. */
function parseYaml(text: string): unknown {
  try {
    return parse(text, { merge: true, logLevel: "silent" });
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fieldOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

/** A local path without variables: URLs and git addresses are none. */
function isPath(value: unknown): value is string {
  if (typeof value !== "string" || value.includes("$")) return false;
  return !/^(?:[a-z][a-z0-9+.-]+:\/\/|[\w.-]+@[\w.-]+:|github\.com\/)/i.test(value);
}
