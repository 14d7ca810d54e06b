import * as vscode from "vscode";
import type { StartOutcome } from "../../server/src/protocol.ts";
import type { Server } from "./languageClient.ts";
import { withProgress } from "./withProgress.ts";

/** Starts of each image: enough for a median. */
const runs = 5;

/** Lets the user pick images of the engine, asks, measures how long their containers take to show that they run, and says so. */
export async function measureStart(
  server: Server,
  uri: string,
  current: string | undefined,
): Promise<void> {
  const references = await pickImages(server, uri, current);
  if (references === undefined || references.length === 0) return;
  if (!(await isWanted(references))) return;
  const title = vscode.l10n.t("Tare: starting containers of {0}", references.join(", "));
  const outcome = await withProgress(title, (token) =>
    server.measureStart({ uri, references, runs }, token),
  );
  tell(outcome);
}

async function pickImages(
  server: Server,
  uri: string,
  current: string | undefined,
): Promise<readonly string[] | undefined> {
  const items = server.listImages(uri).then((choices) =>
    choices
      .filter(({ reference }) => !/^(?:docker-archive|oci):/.test(reference))
      .map(({ reference, description }) => ({
        label: reference,
        picked: reference === current,
        ...(description === undefined ? {} : { description }),
      })),
  );
  const picked = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    title: vscode.l10n.t("Images whose Start Time Is Measured"),
    placeHolder: vscode.l10n.t("One, or several to compare with the first"),
  });
  return picked?.map(({ label }) => label);
}

async function isWanted(references: readonly string[]): Promise<boolean> {
  const start = vscode.l10n.t("Start Them");
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t("Start {0} containers of {1}?", runs * references.length, references.join(", ")),
    {
      modal: true,
      detail: vscode.l10n.t(
        "The programs of the images really run, one container at a time, without published ports. Every container and its anonymous volumes are removed.",
      ),
    },
    start,
  );
  return answer === start;
}

function tell(outcome: StartOutcome): void {
  switch (outcome.kind) {
    case "measured":
      void vscode.window.showInformationMessage(vscode.l10n.t("Start time, measured"), {
        modal: true,
        detail: outcome.lines.join("\n"),
      });
      return;
    case "failed":
      void vscode.window.showErrorMessage(outcome.message);
      return;
    case "cancelled":
      return;
  }
}
