import { fail, succeed } from "../result.ts";
import type { Result } from "../result.ts";
import { parseSize } from "../text/size.ts";
import { escapeSteering } from "./reportCells.ts";

/** Bytes of a limit that a person typed; the error is one sentence that says how to write it. */
export function parseLimit(text: string): Result<number, string> {
  const bytes = parseSize(text);
  return bytes === undefined
    ? fail(`“${escapeSteering(text)}” is not a size: write it like 10MB, 1.5MiB or 812B.`)
    : succeed(bytes);
}
