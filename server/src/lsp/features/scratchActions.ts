import type { CodeAction, Diagnostic, Range } from "vscode-languageserver/node";
import { CodeActionKind } from "vscode-languageserver/node";
import type { NamedOffer } from "../../core/views/scratch.ts";
import { namedOffers, rewriteTitle, rewrittenFrom } from "../../core/views/scratch.ts";
import type { RewriteParams } from "../../protocol/scratch.ts";
import { commands } from "../../protocol.ts";
import { fromRange } from "../convert.ts";
import type { DocumentView } from "../documents.ts";
import type { ClientFeatures } from "../session.ts";
import { isSaidBySwitch } from "./sameEdits.ts";
import { workspaceEdit } from "./workspaceEdit.ts";

/** The rule that recommends what is offered here; it has no edit of its own. */
const recommendingRule = "static-program-in-fat-image";

/**
 * Other places for the final stage, on its FROM: refactorings, best first, and a quick-fix where a rule recommends it and it is proven. Our client
 * shows them before they are made; others get the edit.
 */
export function scratchActions(
  view: DocumentView,
  range: Range,
  ours: readonly Diagnostic[],
  features: ClientFeatures,
): readonly CodeAction[] {
  const from = rewrittenFrom(view.analysis);
  const { start, end } = fromRange(view.document, range);
  if (from === undefined || from.span.start > end || start > from.span.end) return [];
  const offers = namedOffers(view.analysis);
  const recommended = ours.filter(({ code }) => code === recommendingRule);
  const proven = offers.find(({ offer }) => offer.isProven && offer.target === "scratch");
  const quickFix =
    proven === undefined || recommended.length === 0
      ? undefined
      : actionFor(view, proven, features, {
          kind: CodeActionKind.QuickFix,
          diagnostics: [...recommended],
        });
  return [
    quickFix,
    ...offers
      .filter(({ offer }) => !isSaidBySwitch(view.analysis, offer))
      .map((named) => actionFor(view, named, features, { kind: CodeActionKind.RefactorRewrite })),
  ].filter((action) => action !== undefined);
}

function actionFor(
  view: DocumentView,
  { id, offer }: NamedOffer,
  features: ClientFeatures,
  action: Pick<CodeAction, "kind" | "diagnostics">,
): CodeAction | undefined {
  const title = rewriteTitle(offer);
  if (features.rewritePreviews) {
    const target: RewriteParams = { uri: view.document.uri, offerId: id };
    const command = { title, command: commands.previewRewrite, arguments: [target] };
    return { ...action, title, command };
  }
  const edit = workspaceEdit(view, offer, features);
  return edit === undefined ? undefined : { ...action, title, edit };
}
