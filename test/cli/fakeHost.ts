import { Writable } from "node:stream";
import type { ImageError } from "../../server/src/core/image/imageError.ts";
import type { ReadImage } from "../../server/src/core/image/image.ts";
import { fail, succeed } from "../../server/src/core/result.ts";
import type { CliHost, ImageToOpen } from "../../server/src/cli/host.ts";
import type { StartSeries } from "../../server/src/core/image/startRun.ts";
import type { StartRequest, StartTrouble } from "../../server/src/io/startTime.ts";
import type { Result } from "../../server/src/core/result.ts";
import { runCli } from "../../server/src/cli/main.ts";
import type { OutputStream } from "../../server/src/cli/output.ts";
import type { ReadProgress } from "../../server/src/io/imageSource.ts";

/** What a run of the command line is given instead of a process. */
export interface FakeWorld {
  /** Images by reference; every other one is not found. */
  readonly images?: Readonly<Record<string, ReadImage | ImageError>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Columns of a terminal on stdout and stderr; undefined for pipes. */
  readonly terminalColumns?: number;
  /** Error code with which stdout fails from its first write on. */
  readonly brokenStdout?: string;
  /** Interrupts when the image is being read. */
  readonly interruptsReading?: boolean;
  readonly progress?: readonly ReadProgress[];
  /** What measuring start times comes to; an engine that gives no answer unless told. */
  readonly starts?: (request: StartRequest) => Result<readonly StartSeries[], StartTrouble>;
}

/** How a run ended. */
export interface FakeRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What was asked for, in order. */
  readonly opened: readonly ImageToOpen[];
  readonly closedCount: number;
}

/** Runs `tare` with these arguments in a made-up world. */
export async function runTare(argv: readonly string[], world: FakeWorld = {}): Promise<FakeRun> {
  const stdout = captureStream(world.terminalColumns, world.brokenStdout);
  const stderr = captureStream(world.terminalColumns);
  const interrupt = new AbortController();
  const opened: ImageToOpen[] = [];
  let closedCount = 0;
  const host: CliHost = {
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: world.env ?? {},
    cwd: world.cwd ?? "/nowhere",
    signal: interrupt.signal,
    measureStart: async (request) =>
      world.starts?.(request) ??
      fail({ code: "engine-unreachable", endpoint: "nowhere", reason: "no socket there" }),
    openImage: async (request) => {
      opened.push(request);
      const { reference } = request;
      const image = world.images?.[reference];
      if (image === undefined) {
        return fail({ code: "image-not-found", reference, place: "the engine" });
      }
      if ("code" in image) return fail(image);
      return succeed({
        description: image.description,
        read: async ({ onProgress }) => {
          for (const progress of world.progress ?? []) onProgress?.(progress);
          if (world.interruptsReading === true) interrupt.abort();
          return interrupt.signal.aborted ? fail({ code: "cancelled" }) : succeed(image);
        },
        readFile: async () => succeed({ kind: "absent" }),
        close: async () => {
          closedCount += 1;
        },
      });
    },
  };
  const exitCode = await runCli(argv, host);
  return { exitCode, stdout: stdout.text(), stderr: stderr.text(), opened, closedCount };
}

function captureStream(
  columns: number | undefined,
  errorCode?: string,
): { readonly stream: OutputStream; readonly text: () => string } {
  let text = "";
  const writable = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      if (errorCode === undefined) text += chunk;
      done(
        errorCode === undefined ? undefined : Object.assign(new Error("no"), { code: errorCode }),
      );
    },
  });
  const stream =
    columns === undefined ? writable : Object.assign(writable, { isTTY: true, columns });
  return { stream, text: () => text };
}
