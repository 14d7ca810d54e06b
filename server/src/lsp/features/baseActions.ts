import type {
  ChangeAnnotation,
  CodeAction,
  Range,
  TextDocumentEdit,
} from "vscode-languageserver/node";
import { CodeActionKind } from "vscode-languageserver/node";
import type { BaseSwitch } from "../../core/analysis.ts";
import { fromRange } from "../convert.ts";
import type { DocumentView } from "../documents.ts";
import type { ClientFeatures } from "../session.ts";
import { isSaidByOffer } from "./sameEdits.ts";
import { workspaceEdit } from "./workspaceEdit.ts";

type Offered = Extract<BaseSwitch, { readonly kind: "offered" }>;

/** Other bases for the stages whose FROM lies in the range, larger kinds first, without those that an offer for the final stage makes there. What has to be thought of stands in the title, and in the preview where there is one. */
export function baseActions(
  view: DocumentView,
  range: Range,
  features: ClientFeatures,
): readonly CodeAction[] {
  const { start, end } = fromRange(view.document, range);
  return view.analysis.dockerfile.stages
    .filter(({ from }) => from.span.start <= end && start <= from.lineEnd)
    .flatMap((stage) =>
      (view.analysis.variantsOf(stage)?.variants ?? []).flatMap(({ change }) => {
        if (change.kind !== "offered") return [];
        const isFinal = stage === view.analysis.dockerfile.stages.at(-1);
        if (isFinal && isSaidByOffer(view.analysis, change)) return [];
        return switchAction(view, change, features) ?? [];
      }),
    );
}

function switchAction(
  view: DocumentView,
  change: Offered,
  features: ClientFeatures,
): CodeAction | undefined {
  const edit = workspaceEdit(view, { edits: [change.edit] }, features);
  if (edit === undefined) return undefined;
  const kind = CodeActionKind.RefactorRewrite;
  const { title, caveats } = change;
  const [first, ...more] = caveats.map(({ message }) => message);
  if (first === undefined) return { title, kind, edit };
  const all = [first, ...more].join(" ");
  // Where no preview tells the rest, the title does.
  if (!features.changeAnnotations || edit.documentChanges === undefined) {
    return { title: `${title}. ${all}`, kind, edit };
  }
  const others = more.length === 0 ? "" : ` (and ${more.length} more)`;
  const named = { title: `${title}. ${first}${others}`, kind };
  const annotation: ChangeAnnotation = {
    label: title,
    description: all,
    needsConfirmation: true,
  };
  const documentChanges = edit.documentChanges.map((step) =>
    "edits" in step ? annotated(step) : step,
  );
  return { ...named, edit: { documentChanges, changeAnnotations: { [annotationId]: annotation } } };
}

const annotationId = "switch-base";

function annotated(step: TextDocumentEdit): TextDocumentEdit {
  return {
    ...step,
    edits: step.edits.map((edit) => ("newText" in edit ? { ...edit, annotationId } : edit)),
  };
}
