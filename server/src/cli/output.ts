import type { Writable } from "node:stream";

/** A stream to write to, as a terminal or as anything else. */
export interface OutputStream extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Text on its way out. */
export interface Output {
  /** Resolves when the stream has taken the text; false when nobody reads any more or writing failed. Never rejects. */
  write(text: string): Promise<boolean>;
  /** What went wrong; undefined while all is well, and when the reader simply left (`| head`). */
  failure(): string | undefined;
}

/** How Node says that the other end of a pipe is closed; `EOF` on Windows. */
const readerGoneCodes = new Set(["EPIPE", "EOF", "ERR_STREAM_DESTROYED"]);

/** Writes to the stream with its own pace; a closed pipe ends it quietly. */
export function outputTo(stream: OutputStream): Output {
  let isOpen = true;
  let failure: string | undefined;
  const close = (error: NodeJS.ErrnoException): void => {
    isOpen = false;
    if (!readerGoneCodes.has(error.code ?? "")) failure ??= error.code ?? error.message;
  };
  stream.on("error", close);
  return {
    async write(text) {
      if (!isOpen) return false;
      await new Promise<void>((resolve) => {
        stream.write(text, (error) => {
          if (error) close(error);
          resolve();
        });
      });
      return isOpen;
    },
    failure: () => failure,
  };
}

/** A line on a terminal that is replaced again and again. */
export interface StatusLine {
  show(text: string): void;
  /** Takes the line away; safe when nothing was shown. */
  clear(): void;
}

/** A status line on the stream, or one that shows nothing where no terminal is. */
export function statusLineOn(stream: OutputStream): StatusLine {
  let isShown = false;
  if (stream.isTTY !== true) return { show: () => undefined, clear: () => undefined };
  return {
    show(text) {
      stream.write(`\r\u001b[2K${text}`);
      isShown = true;
    },
    clear() {
      if (isShown) stream.write("\r\u001b[2K");
      isShown = false;
    },
  };
}
