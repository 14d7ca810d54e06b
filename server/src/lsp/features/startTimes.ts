import type { CancellationToken } from "vscode-languageserver/node";
import { startSentences } from "../../core/views/startReport.ts";
import { describeStartTrouble } from "../../io/startTime.ts";
import type { StartOutcome, StartParams } from "../../protocol.ts";
import { signalOf } from "../cancellation.ts";
import { placeFor } from "../imageBinding.ts";
import type { Server } from "../serverParts.ts";

/** How long one start may take to show a sign. */
const limitMs = 60_000;

/** Measures what the user asked for. Nothing is started in a workspace that is not trusted, or where the engine is switched off. */
export async function startTimes(
  { session, host }: Server,
  { uri, references, runs }: StartParams,
  token: CancellationToken,
): Promise<StartOutcome> {
  const { engine } = placeFor(session, uri, undefined);
  if (!session.isTrusted) return failed("Nothing is started in a workspace that is not trusted.");
  if (!engine.isEnabled) {
    return failed("The engine is switched off by the setting tare.engine.enabled.");
  }
  const series = await host.measureStart(engine, { references, runs, limitMs }, signalOf(token));
  if (series.ok) return { kind: "measured", lines: startSentences(series.value) };
  return series.error.code === "cancelled"
    ? { kind: "cancelled" }
    : failed(describeStartTrouble(series.error));
}

function failed(message: string): StartOutcome {
  return { kind: "failed", message };
}
