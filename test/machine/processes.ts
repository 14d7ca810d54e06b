import { spawn, type ChildProcess } from "node:child_process";
import { createWriteStream } from "node:fs";
import { once } from "node:events";
import { constants } from "node:os";
import { Writable } from "node:stream";
import { root } from "./place.ts";

/** How to start something. */
export interface ProcessOptions {
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where its output goes: to the terminal, to a file, into a stream that stays open, to nowhere, or to the caller. */
  readonly output?: "terminal" | "nowhere" | "caller" | { readonly file: string } | Writable;
  /** Ended, with everything it started, when it takes longer. */
  readonly timeoutMs?: number;
}

/** Something started here, in a process group of its own. */
export interface StartedProcess {
  readonly child: ChildProcess;
  /** Resolves when it has ended; 124 after a time-out. */
  readonly exit: Promise<number>;
  /** Ends it with everything it started, gently first; resolves when it is gone. */
  stop(): Promise<void>;
}

const running = new Set<StartedProcess>();

/** Starts a program. It never outlives this process. */
export function startProcess(
  command: string,
  args: readonly string[],
  options: ProcessOptions = {},
): StartedProcess {
  const output = options.output ?? "terminal";
  const stdio = output === "terminal" ? "inherit" : output === "nowhere" ? "ignore" : "pipe";
  const child = spawn(command, args, {
    cwd: options.cwd ?? root,
    env: { ...process.env, ...options.env },
    detached: process.platform !== "win32",
    stdio: ["ignore", stdio, stdio],
  });
  if (typeof output === "object") {
    const target = output instanceof Writable ? output : createWriteStream(output.file);
    child.stdout?.pipe(target, { end: false });
    child.stderr?.pipe(target, { end: false });
  }
  const started: StartedProcess = {
    child,
    exit: exitOf(child, options.timeoutMs),
    stop: async () => {
      signalGroup(child, "SIGTERM");
      const killing = setTimeout(() => signalGroup(child, "SIGKILL"), 4000);
      await started.exit;
      clearTimeout(killing);
      signalGroup(child, "SIGKILL");
    },
  };
  running.add(started);
  void started.exit.then(() => running.delete(started));
  return started;
}

/** Runs a program to its end and gives its exit code. */
export function runProcess(
  command: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<number> {
  return startProcess(command, args, options).exit;
}

/** Runs a program and gives what it printed, or undefined when it failed. */
export async function readProcess(
  command: string,
  args: readonly string[],
  options: Omit<ProcessOptions, "output"> = {},
): Promise<string | undefined> {
  const started = startProcess(command, args, { ...options, output: "caller" });
  const chunks: Buffer[] = [];
  started.child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
  started.child.stderr?.resume();
  const code = await started.exit;
  return code === 0 ? Buffer.concat(chunks).toString("utf8") : undefined;
}

/** Ends everything that was started here. */
export async function stopAll(): Promise<void> {
  await Promise.all([...running].map((started) => started.stop()));
}

/** Ends everything, at once and without waiting: for the moment this process exits. */
export function killAll(): void {
  for (const { child } of running) signalGroup(child, "SIGKILL");
}

async function exitOf(child: ChildProcess, timeoutMs: number | undefined): Promise<number> {
  let isLate = false;
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          isLate = true;
          signalGroup(child, "SIGTERM");
          setTimeout(() => signalGroup(child, "SIGKILL"), 3000).unref();
        }, timeoutMs);
  try {
    const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    if (isLate) return 124;
    return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  } catch {
    // It could not be started at all.
    return 127;
  } finally {
    clearTimeout(timer);
  }
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? child.pid : -child.pid, signal);
  } catch {
    // Already gone.
  }
}
