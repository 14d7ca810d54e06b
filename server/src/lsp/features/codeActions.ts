import type { CodeAction, CodeActionContext } from "vscode-languageserver/node";
import { CodeActionKind } from "vscode-languageserver/node";
import { directiveFixes } from "../../core/views/directiveHelp.ts";
import { fromRange, toRange } from "../convert.ts";
import type { DocumentView } from "../documents.ts";

/** Fixes for the diagnostics of ours that the client asks about. */
export function codeActions(
  { document, analysis }: DocumentView,
  { diagnostics, only }: CodeActionContext,
): CodeAction[] {
  if (only !== undefined && !only.some((kind) => CodeActionKind.QuickFix.startsWith(kind))) {
    return [];
  }
  return diagnostics
    .filter(({ source, code }) => source === "tare" && code === "bad-directive")
    .flatMap((diagnostic) =>
      directiveFixes(analysis.dockerfile, fromRange(document, diagnostic.range)).map(
        ({ title, edit, isPreferred }) => ({
          title,
          kind: CodeActionKind.QuickFix,
          diagnostics: [diagnostic],
          isPreferred,
          edit: {
            changes: {
              [document.uri]: [{ range: toRange(document, edit.span), newText: edit.newText }],
            },
          },
        }),
      ),
    );
}
