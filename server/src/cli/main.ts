import { escapeSteering } from "../core/views/reportCells.ts";
import { analyze } from "./analyze.ts";
import { parseArguments } from "./args.ts";
import { diff } from "./diff.ts";
import { fix } from "./fix.ts";
import { helpText } from "./help.ts";
import type { CliHost, Outcome } from "./host.ts";
import { exitCodes } from "./host.ts";
import { lint } from "./lint.ts";
import type { Output } from "./output.ts";
import { start } from "./start.ts";
import { outputTo } from "./output.ts";
import { version } from "./version.ts";

/**
 * Runs one command line (without node and script) and resolves to its exit code; never rejects. The report goes to stdout,
 * everything else to stderr.
 */
export async function runCli(argv: readonly string[], host: CliHost): Promise<number> {
  const stdout = outputTo(host.stdout);
  const stderr = outputTo(host.stderr);
  const outcome = await runSafely(argv, host, stdout);
  const writeFailure = stdout.failure();
  if (writeFailure !== undefined) {
    await say(stderr, `The report could not be written (${writeFailure}): send it somewhere else.`);
    return exitCodes.unreadable;
  }
  for (const sentence of outcome.sentences ?? []) await say(stderr, sentence);
  return outcome.exitCode;
}

/** One of the three places that catch: an exception here is a mistake in Tare. */
async function runSafely(argv: readonly string[], host: CliHost, stdout: Output): Promise<Outcome> {
  try {
    return await run(argv, host, stdout);
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return {
      exitCode: exitCodes.unreadable,
      sentences: [
        `This is a mistake in Tare, please report it with this text: ${what.replaceAll(/\s*\n\s*/g, " | ")}`,
      ],
    };
  }
}

async function run(argv: readonly string[], host: CliHost, stdout: Output): Promise<Outcome> {
  const parsed = parseArguments(argv);
  if (!parsed.ok) return { exitCode: exitCodes.wrongUse, sentences: [parsed.error] };
  switch (parsed.value.kind) {
    case "help":
      await stdout.write(helpText(parsed.value.command));
      return { exitCode: exitCodes.fine };
    case "version":
      await stdout.write(`${version}\n`);
      return { exitCode: exitCodes.fine };
    case "analyze":
      return analyze(parsed.value, host, stdout);
    case "lint":
      return lint(parsed.value, host, stdout);
    case "fix":
      return fix(parsed.value, host, stdout);
    case "diff":
      return diff(parsed.value, host, stdout);
    case "start":
      return start(parsed.value, host, stdout);
  }
}

async function say(stderr: Output, sentence: string): Promise<void> {
  await stderr.write(`tare: ${escapeSteering(sentence)}\n`);
}
