import type { BaseFindings } from "../../../server/src/core/bases/baseFacts.ts";
import type { BaseSize, SizeMeasure } from "../../../server/src/core/bases/baseSize.ts";
import type { BaseWorld } from "../../../server/src/core/bases/describeBase.ts";
import { parseDockerfile } from "../../../server/src/core/dockerfile/parse.ts";
import type { Dockerfile, Stage } from "../../../server/src/core/dockerfile/syntax.ts";
import type { Platform } from "../../../server/src/core/image/imageConfig.ts";

export const amd64: Platform = { os: "linux", architecture: "amd64" };
export const arm64: Platform = { os: "linux", architecture: "arm64" };

/** A world in which engine and registry know the given images, and builds are for linux/amd64. */
export function aWorld(
  findings: Readonly<Record<string, BaseFindings>> = {},
  more: Partial<BaseWorld> = {},
): BaseWorld {
  return {
    platforms: { target: amd64, build: amd64 },
    findingsOf: (name) => findings[name],
    isRegistryOn: false,
    ...more,
  };
}

/** A figure from an engine. */
export function engineSize(bytes: number, platform = "linux/amd64"): BaseSize {
  const source = { kind: "engine", countedIn: "layers" } as const;
  return { measure: "content", bytes, roundedToBytes: 1, platform, source };
}

/** The file and its stage by number, the last unless told. */
export function stageOf(
  text: string,
  index?: number,
): { readonly dockerfile: Dockerfile; readonly stage: Stage } {
  const dockerfile = parseDockerfile(text);
  const stage = dockerfile.stages.at(index ?? -1);
  if (stage === undefined) throw new Error("there is no such stage");
  return { dockerfile, stage };
}

/** A figure as one line: `content 74830000±10000 linux/amd64 table 2026-09-18`. */
export function showSize(size: BaseSize | undefined, measure: SizeMeasure): string {
  if (size === undefined) return `${measure} ?`;
  const rounding = size.roundedToBytes === 1 ? "" : `±${size.roundedToBytes}`;
  const { source } = size;
  const from = source.kind === "table" ? `table ${source.date}` : source.kind;
  return `${size.measure} ${size.bytes}${rounding} ${size.platform ?? "any"} ${from}`;
}
