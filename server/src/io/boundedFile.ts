import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";

/**
 * A whole file, or undefined where it is longer than `mostBytes`: of an endless one no more is read than that. Pipes and devices count as files, for a user
 * may name them. Rejects with the system's error where it cannot be read.
 */
export async function readBounded(path: string, mostBytes: number): Promise<Buffer | undefined> {
  const parts: Uint8Array[] = [];
  // `end` is the last byte read: one more than is wanted shows that there is more.
  for await (const part of createReadStream(path, { end: mostBytes })) {
    parts.push(part as Uint8Array);
  }
  const whole = Buffer.concat(parts);
  return whole.length > mostBytes ? undefined : whole;
}

/** Text of a regular file that nobody named and that may be anything; undefined when it is not there, not readable, no file, or longer than `mostBytes`. */
export async function readTextIfSmall(
  path: string,
  mostBytes: number,
): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) return undefined;
  const content = await readBounded(path, mostBytes).catch(() => undefined);
  return content?.toString("utf8");
}
