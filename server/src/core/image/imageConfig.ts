import { fail, succeed, type Result } from "../result.ts";
import { parseDigest, type DiffId } from "./digest.ts";
import type { ImageError } from "./imageError.ts";
import {
  arrayField,
  fieldOf,
  objectField,
  parseJsonObject,
  stringField,
  stringMapField,
  stringsField,
  toObject,
  withoutAbsent,
  type JsonObject,
  type JsonProblems,
} from "./json.ts";

/** One row of an image's history, base first. image-spec config.md § history. */
export interface HistoryEntry {
  /** Absent when the builder wrote none. */
  readonly createdBy?: string;
  readonly comment?: string;
  /** True when the row made no layer; rows without it consume diffIds in order. */
  readonly emptyLayer: boolean;
  /** RFC 3339 as written; never a key. */
  readonly created?: string;
}

/** What a container is started with. Absent fields are absent in the image. */
export interface ContainerSettings {
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  readonly env: readonly string[];
  readonly user?: string;
  readonly workingDir?: string;
  readonly shell?: readonly string[];
  readonly exposedPorts: readonly string[];
  readonly volumes: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly stopSignal?: string;
  readonly healthcheckTest?: readonly string[];
  readonly onBuild: readonly string[];
}

/** `os`, `architecture` and `variant` as the config states them. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** The parts of an image config that Tare reads. image-spec config.md. */
export interface ImageConfig {
  readonly platform: Platform;
  readonly created?: string;
  readonly settings: ContainerSettings;
  /** Base layer first. */
  readonly diffIds: readonly DiffId[];
  /** Base first; may be empty, shorter or longer than diffIds. */
  readonly history: readonly HistoryEntry[];
}

/** `linux/arm64/v8`: how a platform is written for people and in `--json`. */
export function formatPlatform(platform: Platform): string {
  return [platform.os, platform.architecture, platform.variant].filter(Boolean).join("/");
}

/** More layers than any builder writes: engines refuse images above about 125. */
const maxLayers = 4096;

/** Reads an image config as a store keeps it. `where` names it in the error. image-spec config.md. */
export function parseImageConfig(text: string, where: string): Result<ImageConfig, ImageError> {
  const problems: JsonProblems = [];
  const object = parseJsonObject(problems, text);
  return object === undefined ? invalid(where, problems) : toImageConfig(object, where);
}

/** The same for a config that is already an object, such as one put together from an engine's answers. */
export function toImageConfig(object: JsonObject, where: string): Result<ImageConfig, ImageError> {
  const problems: JsonProblems = [];
  const config: ImageConfig = {
    ...withoutAbsent({ created: stringField(problems, object, "created") }),
    platform: toPlatform(problems, object),
    settings: toSettings(problems, objectField(problems, object, "config") ?? {}),
    diffIds: toDiffIds(problems, object),
    history: (arrayField(problems, object, "history") ?? []).map((row, index) =>
      toHistoryEntry(problems, row, index),
    ),
  };
  return problems.length === 0 ? succeed(config) : invalid(where, problems);
}

/** `os`, `architecture` and `variant` of a config or descriptor; "unknown" where not stated. Fields of other types are problems. */
export function toPlatform(problems: JsonProblems, object: JsonObject): Platform {
  return {
    os: textField(problems, object, "os") ?? "unknown",
    architecture: textField(problems, object, "architecture") ?? "unknown",
    ...withoutAbsent({ variant: textField(problems, object, "variant") }),
  };
}

function invalid(where: string, problems: JsonProblems): Result<never, ImageError> {
  return fail({ code: "config-invalid", where, reason: problems[0] ?? "it is empty" });
}

function toDiffIds(problems: JsonProblems, object: JsonObject): readonly DiffId[] {
  const rootfs = objectField(problems, object, "rootfs");
  if (rootfs === undefined) {
    problems.push("rootfs is missing");
    return [];
  }
  const texts = stringsField(problems, rootfs, "diff_ids") ?? [];
  if (texts.length > maxLayers) problems.push(`it has more than ${maxLayers} layers`);
  return texts.map((text) => {
    const diffId = parseDigest(text);
    if (diffId === undefined) problems.push(`${text.slice(0, 80)} is not a diffId`);
    return diffId ?? text;
  });
}

function toHistoryEntry(problems: JsonProblems, row: unknown, index: number): HistoryEntry {
  const object = toObject(problems, row, `history row ${index}`) ?? {};
  return {
    ...withoutAbsent({
      createdBy: stringField(problems, object, "created_by"),
      comment: stringField(problems, object, "comment"),
      created: stringField(problems, object, "created"),
    }),
    emptyLayer: fieldOf(object, "empty_layer") === true,
  };
}

function toSettings(problems: JsonProblems, object: JsonObject): ContainerSettings {
  const healthcheck = objectField(problems, object, "Healthcheck") ?? {};
  return {
    ...withoutAbsent({
      entrypoint: wordsField(problems, object, "Entrypoint"),
      cmd: wordsField(problems, object, "Cmd"),
      user: textField(problems, object, "User"),
      workingDir: textField(problems, object, "WorkingDir"),
      shell: wordsField(problems, object, "Shell"),
      stopSignal: textField(problems, object, "StopSignal"),
      healthcheckTest: wordsField(problems, healthcheck, "Test"),
    }),
    env: stringsField(problems, object, "Env") ?? [],
    exposedPorts: Object.keys(objectField(problems, object, "ExposedPorts") ?? {}),
    volumes: Object.keys(objectField(problems, object, "Volumes") ?? {}),
    labels: stringMapField(problems, object, "Labels") ?? {},
    onBuild: stringsField(problems, object, "OnBuild") ?? [],
  };
}

/** A text field whose empty text means that nothing was set. */
function textField(problems: JsonProblems, object: JsonObject, key: string): string | undefined {
  const text = stringField(problems, object, key);
  return text === "" ? undefined : text;
}

/** An array of strings; old builders also wrote a lone string for an array of one. */
function wordsField(
  problems: JsonProblems,
  object: JsonObject,
  key: string,
): readonly string[] | undefined {
  const value = fieldOf(object, key);
  return typeof value === "string" ? [value] : stringsField(problems, object, key);
}
