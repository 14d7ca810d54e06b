import assert from "node:assert/strict";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { parseDockerfile } from "../../server/src/core/dockerfile/parse.ts";
import type { ReadImage } from "../../server/src/core/image/image.ts";
import { attribute } from "../../server/src/core/join/attribute.ts";
import { toRuleContext } from "../../server/src/core/rules/context.ts";
import { createRuleMemory } from "../../server/src/core/rules/memory.ts";
import { findReadiness } from "../../server/src/core/scratch/findReadiness.ts";
import type { Readiness } from "../../server/src/core/scratch/readiness.ts";
import type { Rewrite, Rewrites } from "../../server/src/core/scratch/rewrite.ts";
import type { ScratchInput } from "../../server/src/core/scratch/scratchInput.ts";
import { rewritesToScratch } from "../../server/src/core/scratch/toScratch.ts";
import { applyEdits } from "../../server/src/core/text/edit.ts";
import type { TestEngine } from "../machine/engine.ts";
import { readTagged } from "./readTagged.ts";

/** A Dockerfile with the files it is built from. */
export interface BuiltFile {
  readonly dockerfile: string;
  readonly files: Readonly<Record<string, string | Uint8Array>>;
}

/** An image as the way to scratch sees it. */
export interface Judged {
  readonly input: ScratchInput;
  readonly read: ReadImage;
  readonly readiness: Readiness;
  readonly rewrites: Rewrites;
}

/** Builds a Dockerfile, reads the image and asks for its ways to scratch. */
export async function judge(engine: TestEngine, tag: string, built: BuiltFile): Promise<Judged> {
  await engine.build({ tag, ...built, builder: "buildkit" });
  const read = await readTagged(engine, tag);
  const input = inputOf(built.dockerfile, read);
  const readiness = findReadiness(input);
  assert.ok(readiness, "there is a stage");
  return { input, read, readiness, rewrites: rewritesToScratch(input, readiness) };
}

function inputOf(text: string, read: ReadImage): ScratchInput {
  const dockerfile = parseDockerfile(text);
  const image = { state: "read", description: read.description, read } as const;
  return toRuleContext({
    dockerfile,
    image,
    attribution: attribute(dockerfile, image),
    surroundings: { isDockerignoreKnown: false },
    memory: createRuleMemory(),
  });
}

/** What a container answers. */
export interface Answer {
  readonly output: string;
  readonly exitCode: number;
}

/** Runs a container to its end; what it printed to standard output. `options` are of `docker create`. */
export async function run(
  engine: TestEngine,
  tag: string,
  options: readonly string[] = [],
): Promise<Answer> {
  const name = `run-${tag.replaceAll(/\W/g, "-")}`;
  await engine.run(["create", "--network=host", "--name", name, ...options, tag]);
  try {
    // Its exit code is that of the container.
    await engine.run(["start", "-a", name]).catch(() => undefined);
    const output = await engine.run(["logs", name]);
    return { output, exitCode: await exitCodeOf(engine, name) };
  } finally {
    await engine.run(["rm", "-f", name]);
  }
}

async function exitCodeOf(engine: TestEngine, name: string): Promise<number> {
  return Number(await engine.run(["inspect", "-f", "{{.State.ExitCode}}", name]));
}

/** Starts a container, asks it at a port of this machine, stops it. */
export async function serve(engine: TestEngine, tag: string, url: string): Promise<Answer> {
  const name = `serve-${tag.replaceAll(/\W/g, "-")}`;
  await engine.run(["run", "-d", "--network=host", "--name", name, tag]);
  try {
    const output = await ask(url);
    await engine.run(["stop", "-t", "5", name]);
    return { output, exitCode: await exitCodeOf(engine, name) };
  } finally {
    await engine.run(["rm", "-f", name]);
  }
}

async function ask(url: string): Promise<string> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    try {
      const response = await fetch(url);
      return `${response.status} ${await response.text()}`;
    } catch {
      await sleep(100);
    }
  }
  return "no answer";
}

/** A port of this machine that nobody listens at. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** Builds what an offer makes, and sees that it is from scratch, as big as it was said to be, answers the same, and that nothing is left to offer. */
export async function checkOffer(
  engine: TestEngine,
  tag: string,
  built: BuiltFile,
  offer: Rewrite,
  answerOf: (tag: string) => Promise<void>,
): Promise<ReadImage> {
  const text = applyEdits(built.dockerfile, offer.edits);
  const after = await judge(engine, tag, { ...built, dockerfile: text });
  const stage = after.input.chain.at(-1);
  assert.equal(stage?.base.kind, "scratch", text);
  assert.ok(
    stage.instructions.every(({ keyword }) => keyword !== "RUN"),
    "nothing runs in it",
  );
  assert.deepEqual(after.rewrites, { offers: [], refusals: [] }, "it is there");
  checkSize(offer, after.read.layerContentBytes, text);
  await answerOf(tag);
  return after.read;
}

function checkSize({ size, title }: Rewrite, builtBytes: number, text: string): void {
  if (size === undefined) return;
  if (size.basis === "measured") {
    assert.equal(builtBytes, size.afterBytes, `${title}\n${text}`);
    return;
  }
  const offBy = Math.abs(builtBytes - size.afterBytes) / builtBytes;
  assert.ok(offBy <= 0.05, `${title}: ${size.afterBytes} predicted, ${builtBytes} built\n${text}`);
}
