import type { CompletionItem, Position } from "vscode-languageserver/node";
import { CompletionItemKind } from "vscode-languageserver/node";
import type { DirectiveCompletion } from "../../core/views/directiveCompletion.ts";
import { directiveCompletions } from "../../core/views/directiveCompletion.ts";
import { toRange } from "../convert.ts";
import type { DocumentView } from "../documents.ts";

/** After these a value or the next one begins, so clients ask without being told to. */
export const completionTriggers: readonly string[] = [":", "=", ","];

/** What can be written at the position of a `# tare:` comment; empty anywhere else. `images` are the references that are known now. */
export function directiveCompletion(
  { document, analysis }: DocumentView,
  position: Position,
  images: readonly string[],
): CompletionItem[] {
  const offset = document.offsetAt(position);
  return directiveCompletions(analysis.dockerfile, offset, images).map((one, index) => ({
    label: one.label,
    kind: kinds[one.kind],
    ...(one.detail === "" ? {} : { detail: one.detail }),
    ...(one.documentation === "" ? {} : { documentation: one.documentation }),
    sortText: String(index).padStart(4, "0"),
    filterText: one.label,
    textEdit: { range: toRange(document, one.span), newText: one.newText },
  }));
}

const kinds: Readonly<Record<DirectiveCompletion["kind"], CompletionItemKind>> = {
  key: CompletionItemKind.Property,
  target: CompletionItemKind.EnumMember,
  rule: CompletionItemKind.EnumMember,
  image: CompletionItemKind.Value,
  platform: CompletionItemKind.Value,
};
