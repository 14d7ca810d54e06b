import { markBytes, markOf } from "../core/image/bodyWatcher.ts";
import { parseElf } from "../core/image/elfParser.ts";
import { type KeptRule, keptRuleOf, moduleRule, scriptRule } from "../core/image/keptPaths.ts";
import { type LayerBuilder, noteContent, noteProgram } from "../core/image/layerBuilder.ts";
import type { LayerEntry } from "../core/image/layerEntry.ts";
import { type FileWindow, bring, readWhole } from "./fileWindow.ts";
import type { RegionFile } from "./regionReader.ts";

/**
 * Notes what is to be kept of a content that lies in a file, as `BodyWatcher` does of one that passes by. What a file is says its beginning, mostly
 * in the window already. False when the file ends before the content does.
 */
export function noteEvidence(
  { file, window, builder }: SeekPlace,
  entry: LayerEntry,
  handle: number,
): boolean {
  const { contentBytes, bodyOffset } = entry;
  const listed = keptRuleOf(entry.path, entry.pathLength);
  if (listed !== undefined) return keep(file, builder, listed, entry, handle);
  if (contentBytes < markBytes) return true;
  const at = bring(window, bodyOffset, markBytes);
  if (at < 0) return false;
  const mark = markOf(window.memory, at, entry);
  if (mark === undefined) return true;
  if (mark === "script") return keep(file, builder, scriptRule, entry, handle);
  if (mark === "module") return keep(file, builder, moduleRule, entry, handle);
  const facts = parseElf((offset, length) => {
    const bytes = new Uint8Array(length);
    return readWhole(file, bytes, bodyOffset + offset) === length ? bytes : undefined;
  }, contentBytes);
  if (facts !== undefined) noteProgram(builder, handle, facts);
  return true;
}

/** Where contents come from and who is told. */
export interface SeekPlace {
  readonly file: RegionFile;
  readonly window: FileWindow;
  readonly builder: LayerBuilder;
}

function keep(
  file: RegionFile,
  builder: LayerBuilder,
  rule: KeptRule,
  { contentBytes, bodyOffset }: LayerEntry,
  handle: number,
): boolean {
  const bytes = new Uint8Array(Math.min(rule.mostBytes, contentBytes));
  if (readWhole(file, bytes, bodyOffset) < bytes.length) return false;
  noteContent(builder, handle, rule, bytes, bytes.length === contentBytes);
  return true;
}
