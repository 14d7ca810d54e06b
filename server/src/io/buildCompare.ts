import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { findContextRoot } from "./buildContextRoot.ts";
import { readDockerignore } from "./dockerignoreFile.ts";
import { fail, succeed, type Result } from "../core/result.ts";

/** One build that the user asked for. */
export interface BuildRequest {
  /** The Dockerfile; what is on disk does not count. */
  readonly text: string;
  /** Absolute: where the text belongs, which decides build context and ignore file. */
  readonly dockerfilePath: string;
  /** Value of `# tare: context=`. */
  readonly contextDirective: string | undefined;
  /** The setting that names the build context, relative to the workspace folder. */
  readonly contextSetting?: string | undefined;
  /** Absolute; compose files above it are not looked at. */
  readonly workspaceFolder: string | undefined;
  /** `os/architecture[/variant]`; undefined for that of the engine. */
  readonly platform: string | undefined;
  /** Where the engine answers; undefined for the builder's own choice. */
  readonly endpoint: string | undefined;
  /** What the builder prints, line by line. */
  readonly onLine: (line: string) => void;
}

/** An image that was built under a name of our own. */
export interface TemporaryImage {
  readonly reference: string;
  /** Takes the name away, and the image with it; the builder's cache stays. One sentence when that fails. */
  remove(): Promise<string | undefined>;
}

/** Repository of all names that are made here. */
export const temporaryRepository = "tare-compare";

/** Programs that build, as they are tried. */
const builders = ["docker", "podman"] as const;

/**
 * Builds with the user's own builder, under a name that nobody has. A label makes the image one of its own, so that taking it away never takes one of
 * the user's. The error is one sentence. The signal ends the build; nothing is left then either.
 */
export async function buildTemporaryImage(
  request: BuildRequest,
  signal: AbortSignal,
): Promise<Result<TemporaryImage, string>> {
  const { dockerfilePath, contextDirective, contextSetting, workspaceFolder } = request;
  const context = await findContextRoot({
    dockerfilePath,
    directive: contextDirective,
    setting: contextSetting,
    workspaceFolder,
  });
  const folder = await mkdtemp(join(tmpdir(), "tare-build-"));
  try {
    await writeFile(join(folder, "Dockerfile"), request.text);
    const ignore = await readDockerignore({ dockerfilePath, contextFolder: context.folder });
    // The one beside the Dockerfile wins over that of the context, and has to lie beside the copy.
    if (ignore.text !== undefined && ignore.path === `${dockerfilePath}.dockerignore`) {
      await writeFile(join(folder, "Dockerfile.dockerignore"), ignore.text);
    }
    for (const builder of builders) {
      const built = await buildWith(
        builder,
        { folder, contextFolder: context.folder },
        request,
        signal,
      );
      if (built !== "not-installed") return built;
    }
    return fail("No builder is installed here: install docker or podman.");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function buildWith(
  builder: (typeof builders)[number],
  { folder, contextFolder }: { readonly folder: string; readonly contextFolder: string },
  { platform, endpoint, onLine }: BuildRequest,
  signal: AbortSignal,
): Promise<Result<TemporaryImage, string> | "not-installed"> {
  const name = randomBytes(8).toString("hex");
  const reference = `${temporaryRepository}:${name}`;
  const words = [
    "build",
    "--file",
    join(folder, "Dockerfile"),
    "--tag",
    reference,
    "--label",
    `tare.compare=${name}`,
    ...(platform === undefined ? [] : ["--platform", platform]),
    contextFolder,
  ];
  const ask = (...asked: readonly string[]): Promise<readonly string[] | undefined> =>
    linesOf(builder, asked, endpoint);
  const known = await ask("image", "ls", "--all", "--quiet", "--no-trunc");
  const removeIt = (): Promise<boolean> => removeImage(ask, reference, known);
  const remove = async (): Promise<string | undefined> =>
    (await removeIt()) ? undefined : `${reference} could not be removed: remove it by hand.`;
  const { code, isMissing, lastLine } = await runBuilder(builder, words, {
    endpoint,
    onOutput: onLine,
    onTrouble: onLine,
    signal,
  });
  if (isMissing) return "not-installed";
  if (signal.aborted) {
    // It may have been finished just before.
    await removeIt();
    return fail("The build was cancelled.");
  }
  return code === 0
    ? succeed({ reference, remove })
    : fail(`The build failed: ${lastLine ?? `${builder} ended with ${code}`}`);
}

interface Ending {
  readonly code: number;
  readonly isMissing: boolean;
  /** Of what it printed as trouble. */
  readonly lastLine: string | undefined;
}

interface RunOptions {
  readonly endpoint: string | undefined;
  readonly onOutput: (line: string) => void;
  readonly onTrouble?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Lines of the answer to a question; undefined when it was none. */
type Ask = (...words: readonly string[]) => Promise<readonly string[] | undefined>;

async function linesOf(
  builder: string,
  words: readonly string[],
  endpoint: string | undefined,
): Promise<readonly string[] | undefined> {
  const lines: string[] = [];
  const { code } = await runBuilder(builder, words, {
    endpoint,
    onOutput: (line) => lines.push(line.trim()),
  });
  return code === 0 ? lines : undefined;
}

/**
 * Takes an image away, and what Docker's classic builder made on the way to it: those of its parents that were not there before and have no name. Docker's
 * own pruning would take parents of the user that have no name. Where it is not known what was there, no parent is touched.
 */
async function removeImage(
  ask: Ask,
  reference: string,
  known: readonly string[] | undefined,
): Promise<boolean> {
  const parents: string[] = [];
  const old = new Set(known);
  let at = known && (await parentOf(ask, reference));
  while (at !== undefined && !old.has(at) && parents.length < mostParents) {
    parents.push(at);
    at = await parentOf(ask, at);
  }
  const removed = await ask("image", "rm", "--no-prune", reference);
  for (const parent of parents) {
    if ((await ask("image", "rm", "--no-prune", parent)) === undefined) break;
  }
  return removed !== undefined;
}

/** More layers than an image can have. */
const mostParents = 1000;

/** Undefined without a parent, and where that has a name: it was pulled, or is the user's. */
async function parentOf(ask: Ask, image: string): Promise<string | undefined> {
  const [parent] = (await ask("image", "inspect", "--format", "{{.Parent}}", image)) ?? [];
  if (parent === undefined || parent === "") return undefined;
  const format = "{{len .RepoTags}} {{len .RepoDigests}}";
  const names = await ask("image", "inspect", "--format", format, parent);
  return names?.[0] === "0 0" ? parent : undefined;
}

function runBuilder(
  builder: string,
  words: readonly string[],
  { endpoint, onOutput, onTrouble, signal }: RunOptions,
): Promise<Ending> {
  if ([...words, endpoint].some((word) => word?.includes("\0") === true)) {
    const lastLine = "no path or name that a builder takes holds a NUL";
    return Promise.resolve({ code: -1, isMissing: false, lastLine });
  }
  return new Promise((resolve) => {
    let lastLine: string | undefined;
    const child = spawn(builder, words, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...(endpoint === undefined ? {} : { DOCKER_HOST: endpoint }) },
      ...(signal === undefined ? {} : { signal }),
    });
    follow(child.stdout, onOutput);
    follow(child.stderr, (line) => {
      if (line.trim() !== "") lastLine = line.trim().slice(0, mostLineLength);
      onTrouble?.(line);
    });
    child.once("error", (error: NodeJS.ErrnoException) =>
      resolve({ code: -1, isMissing: error.code === "ENOENT", lastLine: error.message }),
    );
    child.once("close", (code) => resolve({ code: code ?? -1, isMissing: false, lastLine }));
  });
}

const mostLineLength = 300;

function follow(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream, crlfDelay: Infinity }).on("line", onLine);
}
