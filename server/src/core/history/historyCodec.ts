import { parseDigest } from "../image/digest.ts";
import {
  arrayField,
  bytesField,
  fieldOf,
  parseJsonObject,
  stringField,
  toObject,
  type JsonProblems,
} from "../image/json.ts";
import type { Keyword } from "../dockerfile/syntax.ts";
import type { BuildHistory } from "./buildHistory.ts";
import { mostBuilds } from "./buildHistory.ts";
import type { BuildLine, BuildRecord } from "./buildRecord.ts";
import { longestText } from "./buildRecord.ts";

const version = 1;
const keywords = ["ADD", "COPY", "FROM", "RUN", "WORKDIR"] as const;
/** A Dockerfile of more lines that weigh is none that a person wrote. */
const mostLines = 2000;

/** The history as JSON, one build on each line. `subject` tells people whose it is. */
export function formatHistory(history: BuildHistory, subject: string): string {
  const builds = history.map(({ lines, ...build }) =>
    JSON.stringify({
      ...build,
      lines: lines
        .slice(0, mostLines)
        .map(({ keyword, text, key, bytes }) => [keyword, text, key, bytes ?? null]),
    }),
  );
  return `{"version":${version},"dockerfile":${JSON.stringify(subject)},"builds":[\n${builds.join(",\n")}\n]}\n`;
}

/** The history of a text; undefined where it is damaged: one wrong build spoils all, for order and neighbours mean something. */
export function parseHistory(text: string): BuildHistory | undefined {
  const problems: JsonProblems = [];
  const object = parseJsonObject(problems, text);
  if (object === undefined || fieldOf(object, "version") !== version) return undefined;
  const builds = (arrayField(problems, object, "builds") ?? []).map((value) =>
    parseBuild(problems, value),
  );
  const whole = builds.filter((build) => build !== undefined);
  if (problems.length > 0 || whole.length !== builds.length) return undefined;
  return whole.slice(-mostBuilds);
}

function parseBuild(problems: JsonProblems, value: unknown): BuildRecord | undefined {
  const object = toObject(problems, value, "a build");
  if (object === undefined) return undefined;
  const imageId = parseDigest(stringField(problems, object, "imageId") ?? "");
  const reference = stringField(problems, object, "reference");
  const platform = stringField(problems, object, "platform");
  const stage = stringField(problems, object, "stage");
  const timeMs = bytesField(problems, object, "timeMs");
  const totalBytes = bytesField(problems, object, "totalBytes");
  const commit = stringField(problems, object, "commit");
  const rows = arrayField(problems, object, "lines") ?? [];
  const lines = rows.slice(0, mostLines).flatMap((row) => parseLine(row) ?? []);
  if (lines.length !== rows.length) return undefined;
  if (imageId === undefined || timeMs === undefined || totalBytes === undefined) return undefined;
  if (reference === undefined || platform === undefined || stage === undefined) return undefined;
  return {
    imageId,
    reference,
    platform,
    stage,
    timeMs,
    totalBytes,
    ...(commit === undefined ? {} : { commit }),
    lines,
  };
}

function parseLine(row: unknown): BuildLine | undefined {
  if (!Array.isArray(row)) return undefined;
  const [word, text, key, bytes]: readonly unknown[] = row;
  const keyword: Keyword | undefined = keywords.find((known) => known === word);
  if (keyword === undefined || typeof text !== "string" || typeof key !== "string") {
    return undefined;
  }
  if (bytes !== null && !(Number.isSafeInteger(bytes) && Number(bytes) >= 0)) return undefined;
  return {
    keyword,
    text: text.slice(0, longestText),
    key,
    bytes: bytes === null ? undefined : Number(bytes),
  };
}
