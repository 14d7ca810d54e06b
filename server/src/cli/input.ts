import { dirname, resolve } from "node:path";
import type { Dockerfile, ImageError, ReadImage } from "../core/analysis.ts";
import { parseDockerfile } from "../core/analysis.ts";
import type { Result } from "../core/result.ts";
import { fail, succeed } from "../core/result.ts";
import { progressLine } from "../core/views/reportProgress.ts";
import { readBounded } from "../io/boundedFile.ts";
import type { DockerignoreFile } from "../io/dockerignoreFile.ts";
import { readDockerignore } from "../io/dockerignoreFile.ts";
import type { ReadingArguments } from "./sharedArgs.ts";
import type { CliHost, ImageToOpen } from "./host.ts";
import { statusLineOn } from "./output.ts";

/** More than any Dockerfile that a person wrote. */
const mostDockerfileBytes = 4_000_000;

/** A Dockerfile that was read. */
export interface DockerfileInput {
  readonly dockerfile: Dockerfile;
  /** False when it holds bytes that are no UTF-8, which a written text would lose. */
  readonly isText: boolean;
}

/** Reads and parses a Dockerfile named on the command line. The error is one sentence. */
export async function readDockerfile(
  path: string,
  { cwd }: CliHost,
): Promise<Result<DockerfileInput, string>> {
  const content = await readBounded(resolve(cwd, path), mostDockerfileBytes).catch(
    (error: NodeJS.ErrnoException) => error,
  );
  if (content instanceof Error) {
    const code = content.code ?? content.message;
    return fail(`The Dockerfile ${path} cannot be read (${code}): check the path.`);
  }
  if (content === undefined) {
    return fail(`${path} is too large for a Dockerfile: check the path.`);
  }
  const text = content.toString("utf8");
  const isText = Buffer.from(text).equals(content);
  return succeed({ dockerfile: parseDockerfile(text), isText });
}

/** Which image a Dockerfile names for itself; its paths start at the Dockerfile. Undefined when it names none. */
export function imageOfDirective(
  dockerfile: Dockerfile,
  path: string,
  { cwd }: CliHost,
): Pick<ImageToOpen, "reference" | "baseFolder"> | undefined {
  const reference = directive(dockerfile, "image");
  if (reference === undefined) return undefined;
  return { reference, baseFolder: dirname(resolve(cwd, path)) };
}

/** The `.dockerignore` that builds of a Dockerfile use. */
export function dockerignoreOf(
  dockerfile: Dockerfile,
  path: string,
  { cwd }: CliHost,
): Promise<DockerignoreFile> {
  const dockerfilePath = resolve(cwd, path);
  const context = directive(dockerfile, "context");
  return readDockerignore({
    dockerfilePath,
    contextFolder: context === undefined ? undefined : resolve(dirname(dockerfilePath), context),
  });
}

/** Reads an image to its last layer, with its progress on a terminal. */
export async function readImage(
  image: Pick<ImageToOpen, "reference" | "baseFolder">,
  { platform, isCached }: ReadingArguments,
  host: CliHost,
): Promise<Result<ReadImage, ImageError>> {
  const status = statusLineOn(host.stderr);
  status.show("Looking for the image");
  const opened = await host.openImage({ ...image, platform, isCached }, host.signal);
  if (!opened.ok) {
    status.clear();
    return opened;
  }
  try {
    return await opened.value.read({
      signal: host.signal,
      onProgress: (progress) => status.show(progressLine(progress, host.stderr.columns ?? 80)),
    });
  } finally {
    status.clear();
    await opened.value.close();
  }
}

function directive({ directives }: Dockerfile, wanted: string): string | undefined {
  return directives.flatMap(({ settings }) => settings).find(({ key }) => key === wanted)?.value;
}
