import assert from "node:assert/strict";
import { parseDockerfile } from "../../../server/src/core/dockerfile/parse.ts";
import { attribute } from "../../../server/src/core/join/attribute.ts";
import { toRuleContext } from "../../../server/src/core/rules/context.ts";
import { createRuleMemory } from "../../../server/src/core/rules/memory.ts";
import { findReadiness } from "../../../server/src/core/scratch/findReadiness.ts";
import type { Rewrite, Rewrites } from "../../../server/src/core/scratch/rewrite.ts";
import type { ScratchInput } from "../../../server/src/core/scratch/scratchInput.ts";
import { rewritesToScratch } from "../../../server/src/core/scratch/toScratch.ts";
import { applyEdits } from "../../../server/src/core/text/edit.ts";
import { type ElfSpec, anElf } from "../../support/elfWriter.ts";
import { type ImageBuilder, type FileSpec, anImage } from "../../support/imageBuilder.ts";

/** A Dockerfile beside its image, as the rewrite sees it. */
export function scratchInputOf(text: string, image: ImageBuilder | undefined): ScratchInput {
  const dockerfile = parseDockerfile(text);
  const read = image?.read();
  const snapshot =
    read === undefined
      ? undefined
      : ({ state: "read", description: read.description, read } as const);
  return toRuleContext({
    dockerfile,
    image: snapshot,
    attribution: snapshot && attribute(dockerfile, snapshot),
    surroundings: { isDockerignoreKnown: false },
    memory: createRuleMemory(),
  });
}

/** The ways to scratch of a file beside its image. */
export function rewritesOf(text: string, image: ImageBuilder | undefined): Rewrites {
  const input = scratchInputOf(text, image);
  const readiness = findReadiness(input);
  return readiness === undefined
    ? { offers: [], refusals: [] }
    : rewritesToScratch(input, readiness);
}

/** A program; `constants` stands among its constants. */
export function aProgram(spec: ElfSpec = {}, constants = ""): FileSpec {
  return {
    content: Buffer.concat([anElf({ sections: {}, ...spec }), Buffer.from(constants)]),
    mode: 0o755,
  };
}

/** Bytes of a file made by `aProgram`. */
export function bytesOf(file: FileSpec): number {
  return typeof file === "object" ? (file.content?.length ?? 0) : 0;
}

const passwd = "root:x:0:0::/root:/bin/sh\nweb:x:1000:1001::/home/web:/bin/sh\n";
const group = "root:x:0:\nweb:x:1001:\nlogs:x:44:web\n";

/** Of the lists of users and groups of `aSystem`. */
export const userListBytes: number = passwd.length + group.length;

/** A full system of Debian's layout: shell, users, CA bundle, time zones, glibc. */
export function aSystem(): ImageBuilder {
  return anImage().base({
    bin: { symlink: "usr/bin" },
    lib: { symlink: "usr/lib" },
    lib64: { symlink: "usr/lib64" },
    "usr/bin/sh": "100kB",
    "usr/bin/mkdir": "100kB",
    "usr/local/bin/": "",
    "etc/passwd": { content: passwd },
    "etc/group": { content: group },
    "etc/ssl/certs/ca-certificates.crt": "200kB",
    "usr/share/zoneinfo/UTC": "1kB",
    "tmp/": { mode: 0o1777 },
    "usr/lib64/ld-linux-x86-64.so.2": aProgram({ type: 3 }),
    "usr/lib/x86_64-linux-gnu/libc.so.6": aProgram({ type: 3, soname: "libc.so.6" }),
  });
}

/** What a rewrite is expected to be; what is left out is not looked at. */
export interface ExpectedOffer {
  readonly title?: string;
  readonly text: string;
  readonly afterBytes?: number | undefined;
  readonly isProven?: boolean;
  readonly caveats?: readonly string[];
}

/** Compares one offer, and checks what holds for each of them. */
export function checkOffer(
  text: string,
  image: ImageBuilder,
  expected: ExpectedOffer,
  at = 0,
): void {
  const { offers, refusals } = rewritesOf(text, image);
  const offer = offers[at];
  assert.ok(offer, `no offer ${at}: ${refusals.map(({ reason }) => reason).join(" ")}`);
  assert.equal(applyEdits(text, offer.edits), expected.text);
  if (expected.title !== undefined) assert.equal(offer.title, expected.title);
  if ("afterBytes" in expected) assert.equal(offer.size?.afterBytes, expected.afterBytes);
  if (expected.isProven !== undefined) assert.equal(offer.isProven, expected.isProven);
  if (expected.caveats !== undefined) assert.deepEqual(offer.caveats, expected.caveats);
  for (const one of offers) checkSound(text, image, one);
}

/** What holds for every rewrite: the outcome parses, ends with a stage from scratch that runs nothing, and is left alone. */
export function checkSound(text: string, image: ImageBuilder, { edits, title }: Rewrite): void {
  edits.slice(1).forEach(({ span }, index) => {
    assert.ok(edits[index]!.span.end <= span.start, `edits of "${title}" overlap`);
  });
  const after = parseDockerfile(applyEdits(text, edits));
  const messages = ({ problems }: typeof after) => problems.map(({ message }) => message);
  assert.deepEqual(messages(after), messages(parseDockerfile(text)));
  const final = after.stages.at(-1)!;
  assert.equal(final.base.kind, "scratch", after.text);
  for (const { keyword, form } of final.instructions) {
    assert.ok(!["RUN", "SHELL", "unknown"].includes(keyword), after.text);
    if (keyword === "CMD" || keyword === "ENTRYPOINT") assert.equal(form, "exec", after.text);
  }
  assert.deepEqual(rewritesOf(after.text, image), { offers: [], refusals: [] });
}
