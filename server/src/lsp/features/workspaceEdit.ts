import type {
  CreateFile,
  TextDocumentEdit,
  TextEdit as LspTextEdit,
  WorkspaceEdit,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { Fix } from "../../core/analysis.ts";
import { toRange } from "../convert.ts";
import type { DocumentView } from "../documents.ts";
import type { IgnoreTarget } from "../ignoreFiles.ts";
import type { ClientFeatures } from "../session.ts";

/**
 * A change of the Dockerfile, and of its `.dockerignore`, for the versions that it was made for where the client can check them. Undefined
 * where it cannot be made: the `.dockerignore` is not known, or the client cannot make files.
 */
export function workspaceEdit(
  { document, ignoreTarget }: DocumentView,
  { edits, dockerignore }: Pick<Fix, "edits" | "dockerignore">,
  features: ClientFeatures,
): WorkspaceEdit | undefined {
  const ignoreChange =
    dockerignore === undefined ? undefined : ignoreEdit(ignoreTarget, dockerignore);
  if (dockerignore !== undefined && ignoreChange === undefined) return undefined;
  if (ignoreChange?.isNew === true && !features.fileCreation) return undefined;
  const changed = edits.map(({ span, newText }) => ({ range: toRange(document, span), newText }));
  if (!features.documentChanges) {
    return {
      changes: {
        ...(changed.length === 0 ? {} : { [document.uri]: changed }),
        ...(ignoreChange === undefined ? {} : { [ignoreChange.uri]: [ignoreChange.edit] }),
      },
    };
  }
  const { uri, version } = document;
  return {
    documentChanges: [
      ...(changed.length === 0 ? [] : [{ textDocument: { uri, version }, edits: changed }]),
      ...(ignoreChange === undefined ? [] : steps(ignoreChange)),
    ],
  };
}

interface IgnoreEdit {
  readonly uri: string;
  readonly version: number | null;
  readonly edit: LspTextEdit;
  readonly isNew: boolean;
}

/** Only what comes behind the text that is there, where nothing else changes. */
function ignoreEdit(target: IgnoreTarget | undefined, newText: string): IgnoreEdit | undefined {
  if (target === undefined) return undefined;
  const { uri, version, text = "" } = target;
  const old = TextDocument.create(uri, "ignore", 0, text);
  const kept = newText.startsWith(text) ? text.length : 0;
  return {
    uri,
    version,
    edit: {
      range: toRange(old, { start: kept, end: text.length }),
      newText: newText.slice(kept),
    },
    isNew: target.text === undefined,
  };
}

function steps({
  uri,
  version,
  edit,
  isNew,
}: IgnoreEdit): readonly (CreateFile | TextDocumentEdit)[] {
  const change: TextDocumentEdit = { textDocument: { uri, version }, edits: [edit] };
  return isNew ? [{ kind: "create", uri, options: { ignoreIfExists: true } }, change] : [change];
}
