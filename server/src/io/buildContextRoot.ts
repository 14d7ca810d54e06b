import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { findComposeBuild } from "./buildContextCompose.ts";

/** Who says which folder a build sends. */
export type ContextSource = "directive" | "compose" | "setting" | "dockerfile";

/** The folder that builds of a Dockerfile send, and how that is known. */
export interface ContextRoot {
  /** Absolute. */
  readonly folder: string;
  /** `dockerfile`: nobody said, so it is taken to be the Dockerfile's own folder. */
  readonly source: ContextSource;
  /** The compose file that says so, absolute. */
  readonly composeFile: string | undefined;
  /** Other folders that the same compose file names for this Dockerfile; then which one is meant is not certain. */
  readonly others: readonly string[];
}

/** What is known before any file is read. */
export interface ContextRootRequest {
  /** Absolute. */
  readonly dockerfilePath: string;
  /** Value of `# tare: context=`, relative to the Dockerfile. */
  readonly directive?: string | undefined;
  /** The setting, relative to the workspace folder. */
  readonly setting?: string | undefined;
  /** Absolute; compose files above it are not looked at. */
  readonly workspaceFolder?: string | undefined;
  readonly homeFolder?: string;
}

/** The context by directive, compose file, setting, or the Dockerfile's folder: the first that says something. Whether the folder exists is not asked. */
export async function findContextRoot({
  dockerfilePath,
  directive,
  setting,
  workspaceFolder,
  homeFolder = homedir(),
}: ContextRootRequest): Promise<ContextRoot> {
  const own = dirname(dockerfilePath);
  const known = { composeFile: undefined, others: [] };
  const toFolder = (base: string, path: string): string =>
    /^~[\\/]/.test(path) ? join(homeFolder, path.slice(2)) : resolve(base, path);
  if (directive !== undefined && directive !== "") {
    return { folder: toFolder(own, directive), source: "directive", ...known };
  }
  const compose = await findComposeBuild(dockerfilePath, workspaceFolder);
  const [folder, ...others] = compose?.folders ?? [];
  if (compose !== undefined && folder !== undefined) {
    return { folder, source: "compose", composeFile: compose.composeFile, others };
  }
  if (setting !== undefined && setting !== "") {
    return { folder: toFolder(workspaceFolder ?? own, setting), source: "setting", ...known };
  }
  return { folder: own, source: "dockerfile", ...known };
}
