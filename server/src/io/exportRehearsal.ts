import { setImmediate as nextTurn } from "node:timers/promises";
import { createArchiveReader, type ArchiveReader } from "./archiveReader.ts";
import { memoryToHashIn } from "./hashMemory.ts";
import { createHttpBody } from "./httpBody.ts";
import { madeUpEntries, madeUpTar } from "./madeUpTar.ts";

/** An export that is small begins within that; who waits longer waits for seconds. */
export const promptMs = 300;

/** Longer gains nothing more. */
const rehearsedMs = 150;

/**
 * Receives a made-up export again and again, a few milliseconds at a time, until the real one comes or it has been enough. An engine takes seconds before it
 * sends the first byte of a large image; what V8 compiles in them it need not compile while the engine waits for us. Returns what was read last.
 */
export async function rehearseExport(
  hasCome: () => boolean,
): Promise<Awaited<ReturnType<ArchiveReader["finish"]>> | undefined> {
  const answer = madeUpAnswer();
  const end = performance.now() + rehearsedMs;
  let read: Awaited<ReturnType<ArchiveReader["finish"]>> | undefined;
  while (!hasCome() && performance.now() < end) {
    read = await receive(answer).finish();
    await nextTurn();
  }
  return read;
}

/** How much a socket has at once, about. */
const readBytes = 64 * 1024;

function receive(answer: Uint8Array): ArchiveReader {
  const reader = createArchiveReader({
    signal: new AbortController().signal,
    place: "rehearsal",
    isWanted: () => true,
    layerCount: 1,
    totalBytes: undefined,
    isProven: true,
  });
  const body = createHttpBody((piece) => {
    reader.push(piece);
    void reader.settle();
  });
  for (let at = 0; at < answer.length; at += readBytes) {
    const part = answer.subarray(at, at + readBytes);
    const memory = memoryToHashIn(part.length);
    memory.set(part);
    body.push(memory);
  }
  return reader;
}

/** What an engine sends at once. */
const chunkBytes = 32 * 1024;
const mode = "0000644";

/** An engine's answer whose body is an archive of one layer, of about a megabyte. */
function madeUpAnswer(): Uint8Array {
  const folders = Array.from({ length: 40 }, (_, at) => `usr/lib/package${at}`);
  const layer = madeUpTar(madeUpEntries(folders, mode));
  const archive = madeUpTar([{ path: "0/layer.tar", type: "0", mode, content: layer }]);
  const answer: Uint8Array[] = [
    Buffer.from("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
  ];
  for (let at = 0; at < archive.length; at += chunkBytes) {
    const chunk = archive.subarray(at, at + chunkBytes);
    answer.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from("\r\n"));
  }
  return Buffer.concat(answer);
}
