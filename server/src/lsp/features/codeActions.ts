import type {
  CodeAction,
  CodeActionContext,
  CodeActionKind as Kind,
  Diagnostic,
  Range,
} from "vscode-languageserver/node";
import { CodeActionKind } from "vscode-languageserver/node";
import { directiveFixes } from "../../core/views/directiveHelp.ts";
import { fixTitle } from "../../core/views/findings.ts";
import { fromRange } from "../convert.ts";
import type { DocumentView } from "../documents.ts";
import type { ClientFeatures } from "../session.ts";
import { baseActions } from "./baseActions.ts";
import { findingActions } from "./findingActions.ts";
import { fixAllActions, fixAllKind } from "./fixAll.ts";
import { scratchActions } from "./scratchActions.ts";
import { workspaceEdit } from "./workspaceEdit.ts";

/** Kinds of the actions there are. */
export const codeActionKinds: readonly Kind[] = [
  CodeActionKind.QuickFix,
  CodeActionKind.RefactorRewrite,
  fixAllKind,
];

/** What can be done at a range: fixes for bad directives and findings, ignoring, other final stages, and everything safe at once. Nothing is worked out of which no kind is asked for. */
export function codeActions(
  view: DocumentView,
  range: Range,
  { diagnostics, only }: CodeActionContext,
  features: ClientFeatures,
): CodeAction[] {
  const ours = diagnostics.filter(({ source }) => source === "tare");
  const isAskedFor = only !== undefined;
  const wants = (kind: Kind): boolean => only === undefined || isWanted(only, kind);
  const wantsRewrites = wants(CodeActionKind.RefactorRewrite);
  const wantsFixes = wants(CodeActionKind.QuickFix);
  const actions = [
    ...(wantsFixes ? directiveActions(view, ours, features) : []),
    ...(wantsFixes || wantsRewrites ? findingActions(view, range, ours, features) : []),
    ...(wantsFixes || wantsRewrites ? scratchActions(view, range, ours, features) : []),
    ...(wantsRewrites ? refactorings(view, range, { isAskedFor }, features) : []),
    ...(wantsRewrites ? baseActions(view, range, features) : []),
    ...(wants(fixAllKind) ? fixAllActions(view, features, { isAskedFor }) : []),
  ];
  return actions.filter(({ kind }) => wants(kind ?? ""));
}

/** Kinds are trees: `source.fixAll` asks for `source.fixAll.tare` too. */
function isWanted(only: readonly Kind[], kind: Kind): boolean {
  return only.some((one) => one === "" || kind === one || kind.startsWith(`${one}.`));
}

/** Offered for a selection, or where somebody asks: a light bulb on every RUN would say nothing. */
function refactorings(
  view: DocumentView,
  range: Range,
  { isAskedFor }: { readonly isAskedFor: boolean },
  features: ClientFeatures,
): readonly CodeAction[] {
  const span = fromRange(view.document, range);
  if (!isAskedFor && span.start === span.end) return [];
  return view.analysis.refactoringsAt(span).flatMap((fix) => {
    const edit = workspaceEdit(view, fix, features);
    if (edit === undefined) return [];
    return [{ title: fixTitle(fix), kind: CodeActionKind.RefactorRewrite, edit }];
  });
}

function directiveActions(
  view: DocumentView,
  ours: readonly Diagnostic[],
  features: ClientFeatures,
): readonly CodeAction[] {
  return ours
    .filter(({ code }) => code === "bad-directive")
    .flatMap((diagnostic) =>
      directiveFixes(view.analysis.dockerfile, fromRange(view.document, diagnostic.range)).map(
        ({ title, edit, isPreferred }) => ({
          title,
          kind: CodeActionKind.QuickFix,
          diagnostics: [diagnostic],
          isPreferred,
          edit: workspaceEdit(view, { edits: [edit] }, features),
        }),
      ),
    )
    .flatMap(({ edit, ...action }) => (edit === undefined ? [] : [{ ...action, edit }]));
}
