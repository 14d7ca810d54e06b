import { type BaseName, parseBaseName } from "../../bases/baseName.ts";
import type { BaseTraits } from "../../bases/baseTraits.ts";
import type { BaseWorld } from "../../bases/describeBase.ts";
import { traitsOf } from "../../bases/traitsOf.ts";
import { expandVariables } from "../../dockerfile/expand.ts";
import type { Instruction, Stage } from "../../dockerfile/syntax.ts";
import { contentAt } from "../../image/evidence.ts";
import { type TreePaths, pathsOf, plainPath } from "../../image/treePaths.ts";
import { type LineStyle, lineStyleOf } from "../finalStageText.ts";
import type { Readiness } from "../readiness.ts";
import type { ScratchInput } from "../scratchInput.ts";

/** What the way to a smaller base is judged by. */
export interface NextBest {
  readonly input: ScratchInput;
  readonly readiness: Readiness;
  readonly world: BaseWorld;
  /** The final stage as it stands, and the stage of its chain that has the base image. */
  readonly stage: Stage;
  readonly root: Stage;
  /** The image that the chain starts from; undefined where the name is not known. */
  readonly base: BaseName | undefined;
  /** What brings the runtime that the chain's base brings; the base itself, but for images that are made of another one. */
  readonly runtimeBase: BaseName | undefined;
  /** Of `runtimeBase`; undefined for images of makers that are not known here. */
  readonly traits: BaseTraits | undefined;
  readonly style: LineStyle;
  /** Instructions of the whole chain, in the order in which they run. */
  readonly shipped: readonly Instruction[];
  /** Files of the image; undefined until it is read. */
  readonly paths: TreePaths | undefined;
  /** The working directory at the end, `/app`; undefined when neither the text nor the image tells. */
  readonly directory: string | undefined;
  /** By the image's own words; undefined until it is read. */
  readonly system: SystemRelease | undefined;
}

/** What `etc/os-release` says. */
export interface SystemRelease {
  /** `debian`, `alpine`. */
  readonly id: string;
  /** `12`, `3.22.1`. */
  readonly version: string;
  /** `bookworm`; undefined where there is none. */
  readonly codename: string | undefined;
}

/** Undefined for a file that no image can be made of, and for one that starts from scratch already. */
export function toNextBest(
  input: ScratchInput,
  readiness: Readiness,
  world: BaseWorld,
): NextBest | undefined {
  const stage = input.chain.at(-1);
  const root = input.chain[0];
  if (stage === undefined || root === undefined || root.base.kind === "scratch") return undefined;
  const base = root.base.kind === "image" ? parseBaseName(root.base.name) : undefined;
  const runtimeBase = base && (builderBase(base) ?? base);
  const shipped = input.chain.flatMap(({ instructions }) => instructions);
  const { read } = input;
  return {
    input,
    readiness,
    world,
    stage,
    root,
    base,
    runtimeBase,
    traits: runtimeBase && traitsOf(runtimeBase),
    style: lineStyleOf(input.dockerfile, stage),
    shipped,
    paths: read && pathsOf(read.finalTree),
    directory: directoryAtEnd(input, shipped),
    system: systemOf(input),
  };
}

/** Images of Java build tools stand on a JDK, whose version is in their tags; `openjdk` is that JDK from before it had its present maker. */
function builderBase({ familiar, tag = "" }: BaseName): BaseName | undefined {
  if (!javaBuilders.has(familiar)) return undefined;
  const version = /(?:temurin-|corretto-|jdk-?)(\d+)/.exec(tag)?.[1] ?? /^\d+/.exec(tag)?.[0];
  const isVersionOfJava = familiar === "openjdk" || /(?:temurin-|corretto-|jdk-?)\d/.test(tag);
  if (version === undefined || !isVersionOfJava) return undefined;
  return parseBaseName(`eclipse-temurin:${version}${tag.includes("alpine") ? "-alpine" : ""}`);
}

const javaBuilders: ReadonlySet<string> = new Set(["gradle", "maven", "openjdk"]);

/** WORKDIR lines one after the other, from what the image's config says where they are not whole. */
function directoryAtEnd(input: ScratchInput, shipped: readonly Instruction[]): string | undefined {
  const configured = input.read?.description.config.settings.workingDir;
  if (configured !== undefined) return `/${plainPath(configured)}`;
  return shipped
    .filter(({ keyword }) => keyword === "WORKDIR")
    .reduce<string | undefined>((at, workdir) => {
      const written = expandVariables(workdir.words[0]?.text ?? "", input.environmentAt(workdir));
      if (written === undefined) return undefined;
      if (written.startsWith("/")) return `/${plainPath(written)}`;
      return at && `/${plainPath(`${at}/${written}`)}`;
    }, undefined);
}

function systemOf({ read }: ScratchInput): SystemRelease | undefined {
  if (read === undefined) return undefined;
  const kept = contentAt(read, "etc/os-release") ?? contentAt(read, "usr/lib/os-release");
  if (kept === undefined) return undefined;
  const text = new TextDecoder().decode(kept.bytes);
  const valueOf = (name: string): string | undefined =>
    new RegExp(`^${name}=["']?([^"'\\r\\n]*)`, "m").exec(text)?.[1];
  const id = valueOf("ID");
  if (id === undefined) return undefined;
  return { id, version: valueOf("VERSION_ID") ?? "", codename: valueOf("VERSION_CODENAME") };
}
