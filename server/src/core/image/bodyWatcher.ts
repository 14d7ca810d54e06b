import { type ElfGatherer, createElfGatherer } from "./elfGatherer.ts";
import { isElf } from "./elfHeader.ts";
import { type KeptRule, keptRuleOf, moduleRule, scriptRule } from "./keptPaths.ts";
import { type LayerBuilder, noteContent, noteProgram } from "./layerBuilder.ts";
import type { LayerEntry } from "./layerEntry.ts";

/** Watches the contents of a layer that passes by and notes what is to be kept of them. */
export interface BodyWatcher {
  /** The content of a regular file begins that is stored as it is; `handle` from the builder. */
  begin(handle: number, entry: LayerEntry): void;
  /** The next bytes of it, chunk[start … end). */
  take(chunk: Uint8Array, start: number, end: number): void;
  /** The content is complete. */
  end(): void;
}

/** A watcher that tells the builder. Most contents cost it a look at their first bytes. */
export function createBodyWatcher(builder: LayerBuilder): BodyWatcher {
  const elf = createElfGatherer();
  const state: State = {
    builder,
    elf,
    phase: "off",
    handle: -1,
    contentBytes: 0,
    mode: 0,
    rule: undefined,
    memory: new Uint8Array(markBytes),
    filled: 0,
    wanted: 0,
  };
  return {
    begin: (handle, entry) => begin(state, handle, entry),
    take(chunk, start, end) {
      if (state.phase === "off") return;
      if (state.phase === "mark") takeMark(state, chunk, start, end);
      else if (state.phase === "elf") elf.take(chunk, start, end);
      else takeContent(state, chunk, start, end);
    },
    end: () => endContent(state),
  };
}

/** How many first bytes tell what a file is. */
export const markBytes = 4;

/** What a file is by its first bytes. */
export function markOf(
  bytes: Uint8Array,
  at: number,
  { mode }: Pick<LayerEntry, "mode">,
): "elf" | "script" | "module" | undefined {
  if (isElf(bytes, at)) return "elf";
  if (isWebAssembly(bytes, at)) return "module";
  const isMarked = bytes[at] === 0x23 && bytes[at + 1] === 0x21;
  return isMarked && (mode & 0o111) !== 0 ? "script" : undefined;
}

/** `\0asm`: WebAssembly core specification § Binary Format, Modules. */
function isWebAssembly(bytes: Uint8Array, at: number): boolean {
  const isName = bytes[at + 1] === 0x61 && bytes[at + 2] === 0x73 && bytes[at + 3] === 0x6d;
  return bytes[at] === 0 && isName;
}

interface State {
  readonly builder: LayerBuilder;
  readonly elf: ElfGatherer;
  /** What the next bytes are for. */
  phase: "off" | "mark" | "elf" | "content";
  handle: number;
  contentBytes: number;
  mode: number;
  rule: KeptRule | undefined;
  memory: Uint8Array;
  filled: number;
  /** How many bytes of the content are kept. */
  wanted: number;
}

function begin(state: State, handle: number, entry: LayerEntry): void {
  state.handle = handle;
  state.contentBytes = entry.contentBytes;
  state.mode = entry.mode;
  state.filled = 0;
  const rule = keptRuleOf(entry.path, entry.pathLength);
  if (rule !== undefined) keep(state, rule);
  else state.phase = entry.contentBytes < markBytes ? "off" : "mark";
}

function keep(state: State, rule: KeptRule): void {
  state.phase = "content";
  state.rule = rule;
  state.wanted = Math.min(rule.mostBytes, state.contentBytes);
  if (state.wanted <= state.memory.length) return;
  const grown = new Uint8Array(Math.max(state.wanted, state.memory.length * 2));
  grown.set(state.memory.subarray(0, state.filled));
  state.memory = grown;
}

/** The first bytes may come in pieces. */
function takeMark(state: State, chunk: Uint8Array, start: number, end: number): void {
  const { memory, filled } = state;
  if (filled === 0 && end - start >= markBytes) return decide(state, chunk, start, end);
  const next = Math.min(end, start + markBytes - filled);
  memory.set(chunk.subarray(start, next), filled);
  state.filled += next - start;
  if (state.filled < markBytes) return;
  state.filled = 0;
  decide(state, memory.slice(0, markBytes), 0, markBytes);
  pass(state, chunk, next, end);
}

function decide(state: State, bytes: Uint8Array, start: number, end: number): void {
  const mark = markOf(bytes, start, state);
  state.phase = "off";
  if (mark === "elf") {
    state.phase = "elf";
    state.elf.begin(state.contentBytes);
  }
  if (mark === "script") keep(state, scriptRule);
  if (mark === "module") keep(state, moduleRule);
  pass(state, bytes, start, end);
}

function pass(state: State, chunk: Uint8Array, start: number, end: number): void {
  if (state.phase === "elf") state.elf.take(chunk, start, end);
  if (state.phase === "content") takeContent(state, chunk, start, end);
}

function takeContent(state: State, chunk: Uint8Array, start: number, end: number): void {
  const taken = Math.min(end - start, state.wanted - state.filled);
  if (taken <= 0) return;
  state.memory.set(chunk.subarray(start, start + taken), state.filled);
  state.filled += taken;
}

function endContent(state: State): void {
  const { builder, handle, rule, filled } = state;
  if (state.phase === "elf") {
    const facts = state.elf.end();
    if (facts !== undefined) noteProgram(builder, handle, facts);
  }
  if (state.phase === "content" && rule !== undefined) {
    const isWhole = filled === state.contentBytes;
    noteContent(builder, handle, rule, state.memory.subarray(0, filled), isWhole);
  }
  state.phase = "off";
}
