import type { CodeAction } from "vscode-languageserver/node";
import { CodeActionKind } from "vscode-languageserver/node";
import { combineFixes, safeFixes } from "../../core/views/combinedFixes.ts";
import type { DocumentView } from "../documents.ts";
import type { ClientFeatures } from "../session.ts";
import { workspaceEdit } from "./workspaceEdit.ts";

/** What `editor.codeActionsOnSave` asks for by name. */
export const fixAllKind = `${CodeActionKind.SourceFixAll}.tare`;

/** All safe fixes of the file as one edit; empty without any. Where nobody asks for it, it is offered only when it is more than one fix. */
export function fixAllActions(
  view: DocumentView,
  features: ClientFeatures,
  { isAskedFor }: { readonly isAskedFor: boolean },
): readonly CodeAction[] {
  const combined = combineFixes(safeFixes(view.analysis.findings));
  const { made, edits, dockerignore } = combined;
  if (made.length < (isAskedFor ? 1 : 2)) return [];
  const edit = workspaceEdit(
    view,
    { edits, ...(dockerignore === undefined ? {} : { dockerignore }) },
    features,
  );
  if (edit === undefined) return [];
  return [{ title: "Fix all that Tare can fix safely", kind: fixAllKind, edit }];
}
