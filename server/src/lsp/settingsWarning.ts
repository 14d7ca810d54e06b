import { MessageType, ShowMessageNotification } from "vscode-languageserver/node";
import type { Server } from "./serverParts.ts";

const mostTold = 5;

/** Shows the user what is wrong with the settings, one message for all of it; again only once it is something else. */
export function createSettingsWarning({
  connection,
  shield,
}: Pick<Server, "connection" | "shield">): (problems: readonly string[]) => void {
  let known = "";
  return (problems) => {
    const all = problems.join(" ");
    const isNew = all !== known;
    known = all;
    if (!isNew || all === "") return;
    const message = warningOf(problems);
    // `connection.window.showWarningMessage` would be a question, and wait for its answer.
    shield.inBackground(() =>
      connection.sendNotification(ShowMessageNotification.type, {
        type: MessageType.Warning,
        message,
      }),
    );
  };
}

function warningOf(problems: readonly string[]): string {
  const more = problems.length - mostTold;
  const rest = more > 0 ? [`Something is wrong with ${more} more.`] : [];
  return [...problems.slice(0, mostTold), ...rest].join(" ");
}
