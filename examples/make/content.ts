// Made-up file contents that weigh and compress like real ones, the same on every run.

const vocabulary =
  "account balance cart catalog checkout client config contact course customer database delivery discount document email event export feature filter fixture handler import index inventory invoice item journal label ledger list locale login margin message method metric model number offer option order package page parcel partner payment period person price product profile promise query queue rate receipt record refund region report request response result return route sale schema search section segment server session setting shipment signal source status stock store stream summary supplier table target tax template ticket token total trace transfer update user value vendor version view voucher warehouse weight window worker year zone".split(
    " ",
  );

/** The next state of a linear congruential generator; good enough for filler, and the same everywhere. */
function next(state: number): number {
  return (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
}

/** 32 bits that depend on the whole text. */
function seedOf(text: string): number {
  let seed = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1)
    seed = Math.imul(seed ^ text.charCodeAt(at), 0x01000193);
  return seed >>> 0;
}

function pool(bytes: number, fill: (target: Uint8Array) => void): () => Uint8Array {
  let made: Uint8Array | undefined;
  return () => {
    if (made === undefined) {
      made = new Uint8Array(bytes);
      fill(made);
    }
    return made;
  };
}

const codePool = pool(1 << 20, (target) => {
  // Machine code repeats its sequences with other operands: one of a few thousand snippets, then two bytes of its own.
  const snippets = new Uint8Array(3000 * 8);
  let state = 1;
  for (let at = 0; at < snippets.length; at += 1) {
    state = next(state);
    snippets[at] = (state >>> 24) & ((state & 0x300) === 0 ? 0 : 0xff);
  }
  for (let at = 0; at + 10 <= target.length; at += 10) {
    state = next(state);
    const snippet = ((state >>> 8) % 3000) * 8;
    target.set(snippets.subarray(snippet, snippet + 8), at);
    target[at + 8] = state >>> 24;
    target[at + 9] = (state >>> 16) & 0x1f;
  }
});

const textPool = pool(1 << 20, (target) => {
  const encoder = new TextEncoder();
  let state = 7;
  for (let at = 0; at < target.length;) {
    let line = "";
    while (line.length < 60) {
      state = next(state);
      line += `${vocabulary[(state >>> 16) % vocabulary.length]!}${(state & 7) === 0 ? (state >>> 20).toString(36) : ""} `;
    }
    at += encoder.encodeInto(`${line.trimEnd()}\n`, target.subarray(at)).written || target.length;
  }
});

function fromPool(source: Uint8Array, name: string, wantedBytes: number): Uint8Array {
  const bytes = Math.round(wantedBytes);
  const content = new Uint8Array(bytes);
  let at = new TextEncoder().encodeInto(`${name}\n`.slice(0, bytes), content).written;
  let start = seedOf(name) % (source.length - 4096);
  while (at < bytes) {
    const piece = source.subarray(start, start + Math.min(bytes - at, source.length - start));
    content.set(piece, at);
    at += piece.length;
    start = (start * 31 + 4097) % (source.length - 4096);
  }
  return content;
}

/** Bytes that compress like machine code; other names give other bytes. */
export function codeLike(name: string, bytes: number): Uint8Array {
  return fromPool(codePool(), name, bytes);
}

/** Lines of words that compress like source code; other names give other bytes. */
export function textLike(name: string, bytes: number): Uint8Array {
  return fromPool(textPool(), name, bytes);
}

/** The text as bytes. */
export function text(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}
