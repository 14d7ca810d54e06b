import { readSync } from "node:fs";
import { createDecoder } from "./decoder.ts";

/** A piece of a layer tar, in order: bytes that tar-split kept, or the content of a file that lies in the layer's folder. */
export type TarPiece =
  | { readonly kind: "frame"; readonly bytes: Uint8Array }
  | {
      readonly kind: "content";
      /** The path as the tar has it, one character for each byte. */
      readonly name: string;
      /** Never 0. */
      readonly contentBytes: number;
    };

/** The pieces of a layer tar, one after the other. */
export interface TarFrame {
  /** The next piece; undefined after the last, or when there is trouble. */
  next(): TarPiece | undefined;
  /** The end of a sentence that says why the pieces came to an end; undefined when there are just no more. */
  trouble(): string | undefined;
  /** Frees what is outside the heap. */
  close(): void;
}

/**
 * Reads `tar-split.json.gz`: lines of JSON, type 2 with bytes of the tar in base64, type 1 with name and size of a content (tar-split
 * tar/storage/entry.go). Decodes only as far as it is asked, so that a frame of any length takes little memory. Blocks.
 */
export function openTarFrame(descriptor: number): TarFrame {
  const lines = openLines(descriptor);
  let count = 0;
  let trouble: string | undefined;
  return {
    next() {
      while (trouble === undefined) {
        const line = lines.next();
        if (line === undefined) return undefined;
        const piece = toPiece(line, count);
        count += 1;
        if (piece === "malformed") trouble = "its tar-split is malformed";
        else if (piece !== "empty") return piece;
      }
      return undefined;
    },
    trouble: () => trouble ?? lines.trouble(),
    close: lines.close,
  };
}

function toPiece(line: string, expectedPosition: number): TarPiece | "empty" | "malformed" {
  const stated = toFields(line);
  // Go writes null for no bytes, and leaves out what is zero.
  const { type, name, name_raw: rawName, size = 0, payload, position } = stated;
  if (position !== expectedPosition) return "malformed";
  if (type === 2) return typeof payload === "string" ? toFrame(payload) : "empty";
  if (type !== 1 || typeof size !== "number") return "malformed";
  if (size === 0) return "empty";
  const path = toName(name, rawName);
  const isWhole = Number.isSafeInteger(size) && size > 0 && path !== undefined;
  return isWhole ? { kind: "content", name: path, contentBytes: size } : "malformed";
}

function toFields(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function toFrame(payload: string): TarPiece | "empty" {
  const bytes = Buffer.from(payload, "base64");
  return bytes.length === 0 ? "empty" : { kind: "frame", bytes };
}

/** Names that are not UTF-8 are stored apart, in base64. */
function toName(name: unknown, rawName: unknown): string | undefined {
  if (typeof rawName === "string") return Buffer.from(rawName, "base64").toString("latin1");
  return typeof name === "string" ? Buffer.from(name, "utf8").toString("latin1") : undefined;
}

interface Lines {
  next(): string | undefined;
  trouble(): string | undefined;
  readonly close: () => void;
}

/** Little enough that what it expands to stays small. */
const portionBytes = 16 * 1024;

/** Far above the longest: a tar header of 1 MiB in base64, or the zeros that pad a tar. */
const mostLineBytes = 64 * 2 ** 20;

function openLines(descriptor: number): Lines {
  const portion = new Uint8Array(portionBytes);
  let waiting = Buffer.alloc(0);
  let at = 0;
  let trouble: string | undefined;
  let isOver = false;
  const decoder = createDecoder("gzip", (chunk) => {
    waiting = Buffer.concat([waiting.subarray(at), chunk]);
    at = 0;
    if (waiting.length > mostLineBytes) trouble = "its tar-split has a line without an end";
    return trouble === undefined;
  });
  const fill = (): void => {
    const count = readSync(descriptor, portion, 0, portionBytes, null);
    isOver = count === 0;
    trouble ??= isOver ? decoder.finish() : decoder.push(portion.subarray(0, count));
  };
  return {
    next() {
      for (;;) {
        const end = waiting.indexOf(0x0a, at);
        if (end >= 0) {
          const line = waiting.toString("utf8", at, end);
          at = end + 1;
          return line;
        }
        if (isOver && at < waiting.length) trouble ??= "its tar-split is cut off";
        if (isOver || trouble !== undefined) return undefined;
        fill();
      }
    },
    trouble: () => trouble,
    close: () => decoder.close(),
  };
}
