import type { Documents, DocumentView } from "./documents.ts";
import type { Host, Stop } from "./host.ts";
import type { Shield } from "./shield.ts";
import { inTurns } from "./turns.ts";

/** What is to be done for open documents: for each of them the newest thing alone, in place of what was there before. */
export interface DocumentSchedule {
  /** Runs later, with the document as it is then; never for one that is closed by then. */
  after(uri: string, ms: number, run: (view: DocumentView) => void): void;
  /** Does work in turns, and hands over what came of it. */
  carryOut<T>(uri: string, work: Generator<undefined, T>, done: (result: T) => void): void;
  /** Nothing is to be done for the document any more. */
  stop(uri: string): void;
  close(): void;
}

/** Nothing to be done yet. */
export function createDocumentSchedule({
  host,
  shield,
  documents,
}: {
  readonly host: Host;
  readonly shield: Shield;
  readonly documents: Documents;
}): DocumentSchedule {
  const stops = new Map<string, Stop>();
  const replace = (uri: string, stop: Stop): void => {
    stops.get(uri)?.();
    stops.set(uri, stop);
  };
  return {
    after(uri, ms, run) {
      const stop = host.after(ms, () => {
        stops.delete(uri);
        const view = documents.view(uri);
        if (view !== undefined) run(view);
      });
      replace(uri, stop);
    },
    carryOut(uri, work, done) {
      let isStopped = false;
      replace(uri, () => {
        isStopped = true;
      });
      shield.inBackground(async () => {
        const result = await inTurns(host, work, () => isStopped);
        if (isStopped || result === undefined) return;
        stops.delete(uri);
        done(result);
      });
    },
    stop(uri) {
      stops.get(uri)?.();
      stops.delete(uri);
    },
    close: () => stops.forEach((stop) => stop()),
  };
}
