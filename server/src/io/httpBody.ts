/** Takes an answer of HTTP/1.1 apart as its bytes come: RFC 9112 §§ 2, 6 and 7. */
export interface HttpBody {
  /**
   * Takes the next bytes, and hands out those of the body. `refused` before anything was handed out: the status is not 200, or the answer is none that can be
   * read here. `broken` where it goes on as no answer does.
   */
  push(bytes: Uint8Array): "goes on" | "ended" | "refused" | "broken";
  /** Whether the body may end here, with the connection. */
  mayEnd(): boolean;
}

/** An answer before its first byte. Pieces handed to `take` are parts of what is pushed. */
export function createHttpBody(take: (piece: Uint8Array) => void): HttpBody {
  const state: State = { take, phase: "head", line: "", rest: 0, behind: "gap" };
  return {
    push(bytes) {
      for (let at = 0; at < bytes.length && !isOver(state.phase);) {
        at = advance(state, bytes, at);
      }
      return isOver(state.phase) ? state.phase : "goes on";
    },
    mayEnd: () => state.phase === "plain",
  };
}

type Over = "ended" | "refused" | "broken";

interface State {
  readonly take: (piece: Uint8Array) => void;
  /** What the next bytes are: `plain` is a body that ends with the connection, `size` a line before a chunk, `gap` the one behind it. */
  phase: "head" | "plain" | "size" | "chunk" | "gap" | "trailer" | Over;
  /** Of the head or of a line, what has come. */
  line: string;
  /** Bytes of the chunk, or of a body of known length, which counts as one chunk. */
  rest: number;
  /** What follows the chunk. */
  behind: "gap" | "ended";
}

/** No head or line of an engine is longer. */
const maxLineLength = 16 * 1024;

function isOver(phase: State["phase"]): phase is Over {
  return phase === "ended" || phase === "refused" || phase === "broken";
}

/** Takes some bytes from bytes[at …) and tells where it stopped. */
function advance(state: State, bytes: Uint8Array, at: number): number {
  if (state.phase === "plain") {
    state.take(bytes.subarray(at));
    return bytes.length;
  }
  if (state.phase !== "chunk") return takeLine(state, bytes, at);
  const end = Math.min(bytes.length, at + state.rest);
  state.take(bytes.subarray(at, end));
  state.rest -= end - at;
  if (state.rest === 0) state.phase = state.behind;
  return end;
}

/** One byte: heads and lines are short. */
function takeLine(state: State, bytes: Uint8Array, at: number): number {
  state.line += String.fromCharCode(bytes[at] ?? 0);
  const isWhole = state.line.endsWith(state.phase === "head" ? "\r\n\r\n" : "\r\n");
  if (isWhole) {
    const { line } = state;
    state.line = "";
    endLine(state, line);
  } else if (state.line.length > maxLineLength) {
    state.phase = state.phase === "head" ? "refused" : "broken";
  }
  return at + 1;
}

function endLine(state: State, line: string): void {
  if (state.phase === "head") endHead(state, line);
  else if (state.phase === "size") endSize(state, line);
  else if (state.phase === "gap") state.phase = line === "\r\n" ? "size" : "broken";
  else if (line === "\r\n") state.phase = "ended";
}

function endHead(state: State, head: string): void {
  const encoding = /\r\ntransfer-encoding:[ \t]*([^\r]*)/i.exec(head)?.[1]?.trim().toLowerCase();
  const length = /\r\ncontent-length:[ \t]*(\d{1,15})[ \t]*\r/i.exec(head)?.[1];
  if (!/^HTTP\/1\.[01] 200\b/.test(head)) state.phase = "refused";
  else if (encoding !== undefined) state.phase = encoding === "chunked" ? "size" : "refused";
  else if (length === undefined) state.phase = "plain";
  else {
    state.rest = Number(length);
    state.behind = "ended";
    state.phase = state.rest === 0 ? "ended" : "chunk";
  }
}

function endSize(state: State, line: string): void {
  const size = /^([0-9a-f]{1,12})[ \t]*(?:;|\r\n$)/i.exec(line)?.[1];
  state.rest = Number.parseInt(size ?? "", 16);
  if (size === undefined) state.phase = "broken";
  else state.phase = state.rest === 0 ? "trailer" : "chunk";
}
