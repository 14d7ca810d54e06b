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
  const { dockerfilePath, contextDirective, workspaceFolder } = request;
  const context = await findContextRoot({
    dockerfilePath,
    directive: contextDirective,
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
  const removeIt = (): Promise<Ending> =>
    runBuilder(builder, removal(builder, reference), { endpoint, onLine: ignoreLine });
  const remove = async (): Promise<string | undefined> => {
    const { code } = await removeIt();
    return code === 0 ? undefined : `${reference} could not be removed: remove it by hand.`;
  };
  const { code, isMissing, lastLine } = await runBuilder(builder, words, {
    endpoint,
    onLine,
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
  readonly onLine: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Without the images it was built on: Docker would take those of the user that have no name. */
function removal(builder: (typeof builders)[number], reference: string): readonly string[] {
  return builder === "docker"
    ? ["image", "rm", "--no-prune", reference]
    : ["image", "rm", reference];
}

function ignoreLine(): void {
  // What removing prints is of no use to anybody.
}

function runBuilder(
  builder: string,
  words: readonly string[],
  { endpoint, onLine, signal }: RunOptions,
): Promise<Ending> {
  return new Promise((resolve) => {
    let lastLine: string | undefined;
    const child = spawn(builder, words, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...(endpoint === undefined ? {} : { DOCKER_HOST: endpoint }) },
      ...(signal === undefined ? {} : { signal }),
    });
    follow(child.stdout, onLine);
    follow(child.stderr, (line) => {
      if (line.trim() !== "") lastLine = line.trim().slice(0, mostLineLength);
      onLine(line);
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
