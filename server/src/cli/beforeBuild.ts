import { resolve } from "node:path";
import type {
  AnalysisSurroundings,
  BaseKnowledge,
  ContextKnowledge,
  Dockerfile,
} from "../core/analysis.ts";
import {
  analyse,
  buildContextOf,
  contextDirectiveOf,
  copiesContext,
  parseDockerignore,
  parsePlatform,
  unseenArchivesOf,
} from "../core/analysis.ts";
import { openBuildContext } from "../io/buildContext.ts";
import { lookAtArchives } from "../io/buildContextArchives.ts";
import { findContextRoot } from "../io/buildContextRoot.ts";
import type { CliHost } from "./host.ts";

/** What is known of a Dockerfile before a build: its build context, counted once, and bases by the table that comes along. No engine and no network is asked. */
export async function beforeBuild(
  dockerfile: Dockerfile,
  path: string,
  platform: string | undefined,
  host: CliHost,
): Promise<Pick<AnalysisSurroundings, "bases" | "context">> {
  const context = copiesContext(dockerfile) ? await readContext(dockerfile, path, host) : undefined;
  return { bases: await tableOnly(platform), context };
}

/** Loads what reads images only now: it knows for which platform this machine builds. */
async function tableOnly(platform: string | undefined): Promise<BaseKnowledge> {
  const { hostPlatform } = await import("../io/openImage.ts");
  const build = hostPlatform();
  const target = platform === undefined ? undefined : parsePlatform(platform);
  return {
    world: {
      platforms: { target: target ?? build, build },
      findingsOf: () => undefined,
      isRegistryOn: false,
    },
    heldOf: () => undefined,
    built: undefined,
  };
}

/** Undefined when the user interrupts. */
async function readContext(
  dockerfile: Dockerfile,
  path: string,
  { cwd, signal }: CliHost,
): Promise<ContextKnowledge | undefined> {
  const dockerfilePath = resolve(cwd, path);
  const directive = contextDirectiveOf(dockerfile);
  const root = await findContextRoot({ dockerfilePath, directive });
  const { folder, source, others } = root;
  const opened = openBuildContext({ dockerfilePath, root: folder }, () => undefined);
  const stop = (): void => opened.close();
  signal.addEventListener("abort", stop, { once: true });
  await opened.settled();
  signal.removeEventListener("abort", stop);
  const snapshot = opened.snapshot();
  opened.close();
  if (snapshot === undefined) return undefined;
  const { listing, ignoreText = "" } = snapshot;
  const context = buildContextOf(listing, parseDockerignore(ignoreText).value);
  const knowledge = { context, archives: new Map(), folder, source, others };
  const unseen = unseenArchivesOf(analyse(dockerfile, undefined, {}, { context: knowledge }));
  return { ...knowledge, archives: await lookAtArchives(folder, unseen, signal) };
}
