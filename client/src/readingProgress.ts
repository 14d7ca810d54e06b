import * as vscode from "vscode";
import {
  WorkDoneProgressCancelNotification,
  type LanguageClient,
  type Middleware,
  type ProgressToken,
  type WorkDoneProgressBegin,
  type WorkDoneProgressEnd,
  type WorkDoneProgressReport,
} from "vscode-languageclient/node";

/** Work that is over sooner shows nothing: a notification that flashes is noise. */
const patienceMs = 800;

interface Shown {
  report(params: WorkDoneProgressReport): void;
  end(): void;
}

/** Shows the server's cancellable progress with a cancel button; the client library's own place for it, the status bar, has none. */
export function readingProgress(
  client: () => LanguageClient,
): NonNullable<Middleware["handleWorkDoneProgress"]> {
  const shown = new Map<ProgressToken, Shown>();
  return (token, params, next) => {
    if (params.kind === "begin" && params.cancellable === true) {
      const cancel = (): void => {
        void client().sendNotification(WorkDoneProgressCancelNotification.type, { token });
      };
      shown.set(token, showProgress(params, cancel));
    } else if (!shown.has(token)) {
      next(token, params);
    } else if (params.kind === "report") {
      shown.get(token)?.report(params);
    } else {
      shown.get(token)?.end();
      shown.delete(token);
    }
  };
}

function showProgress(begin: WorkDoneProgressBegin, cancel: () => void): Shown {
  const reports = new vscode.EventEmitter<WorkDoneProgressReport | WorkDoneProgressEnd>();
  let percentage = 0;
  let latest: WorkDoneProgressReport = { kind: "report", ...reportOf(begin) };
  const show = (): void => {
    void vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: begin.title, cancellable: true },
      (progress, cancelled) =>
        new Promise<void>((done) => {
          cancelled.onCancellationRequested(cancel);
          const tell = (params: WorkDoneProgressReport): void => {
            const reached = params.percentage ?? percentage;
            const increment = Math.max(reached - percentage, 0);
            percentage = Math.max(reached, percentage);
            progress.report({ increment, ...(params.message && { message: params.message }) });
          };
          tell(latest);
          reports.event((params) => (params.kind === "end" ? done() : tell(params)));
        }),
    );
  };
  const waiting = setTimeout(show, patienceMs);
  return {
    report: (params) => {
      latest = params;
      reports.fire(params);
    },
    end: () => {
      clearTimeout(waiting);
      reports.fire({ kind: "end" });
      reports.dispose();
    },
  };
}

function reportOf({ message, percentage }: WorkDoneProgressBegin): Partial<WorkDoneProgressReport> {
  return {
    ...(message !== undefined && { message }),
    ...(percentage !== undefined && { percentage }),
  };
}
