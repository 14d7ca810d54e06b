import * as vscode from "vscode";
import type { RewriteParams, ScratchRow } from "../../server/src/protocol/scratch.ts";
import type { Server } from "./languageClient.ts";

/** Lets the user choose among the places that the final stage can be taken to; undefined when there is none, which is said, or none is chosen. */
export async function pickOffer(server: Server, uri: string): Promise<RewriteParams | undefined> {
  const rows = await server.scratch(uri);
  const items = rows.flatMap(({ label, description, tooltip, offerId }) =>
    offerId === undefined
      ? []
      : [{ label, description: description ?? "", detail: detailOf(tooltip), offerId }],
  );
  if (items.length === 0) {
    void vscode.window.showInformationMessage(reasonOf(rows));
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Take the Final Stage To"),
    matchOnDescription: true,
  });
  return picked && { uri, offerId: picked.offerId };
}

/** The first line says what label and description say. */
function detailOf(tooltip = ""): string {
  return tooltip.split("\n").slice(1).join(" ");
}

function reasonOf(rows: readonly ScratchRow[]): string {
  const reason = rows.find(({ id }) => id === "refusals")?.children[0]?.description;
  return (
    reason ?? rows[0]?.tooltip ?? vscode.l10n.t("There is nothing to offer for this Dockerfile.")
  );
}
