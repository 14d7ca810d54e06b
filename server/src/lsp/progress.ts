import type { Connection, WorkDoneProgressServerReporter } from "vscode-languageserver/node";
import type { ReadProgress } from "../io/imageSource.ts";
import type { ReadingProgress } from "./imageStore.ts";
import type { Shield } from "./shield.ts";

/** Shows the reading of an image in the client, with a cancel button; nothing where the client cannot. */
export function startReadingProgress(
  connection: Connection,
  shield: Shield,
  reference: string,
  cancel: () => void,
): ReadingProgress {
  let shown: WorkDoneProgressServerReporter | undefined;
  let isDone = false;
  shield.inBackground(async () => {
    const reporter = await connection.window.createWorkDoneProgress();
    reporter.token.onCancellationRequested(cancel);
    reporter.begin(`Tare: reading ${reference}`, 0, undefined, true);
    if (isDone) reporter.done();
    else shown = reporter;
  });
  return {
    report(progress) {
      shown?.report(percentOf(progress), messageOf(progress));
    },
    done() {
      isDone = true;
      shown?.done();
      shown = undefined;
    },
  };
}

function percentOf({ bytesRead, totalBytes, layersDone, layerCount }: ReadProgress): number {
  if (totalBytes !== undefined && totalBytes > 0) {
    return Math.min(100, Math.floor((bytesRead / totalBytes) * 100));
  }
  return layerCount === 0 ? 0 : Math.floor((layersDone / layerCount) * 100);
}

function messageOf({ layersDone, layerCount }: ReadProgress): string {
  return `${layersDone} of ${layerCount} layers`;
}
