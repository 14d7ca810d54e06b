import type { Hover, Position } from "vscode-languageserver/node";
import { MarkupKind } from "vscode-languageserver/node";
import type { HoverMemory } from "../../core/views/hoverCard.ts";
import { hoverAt } from "../../core/views/hover.ts";
import { cardToMarkdown, cardToPlainText } from "../../core/views/hoverText.ts";
import type { RevealParams } from "../../protocol.ts";
import { commands } from "../../protocol.ts";
import { toRange } from "../convert.ts";
import type { DocumentView } from "../documents.ts";
import type { ClientFeatures } from "../session.ts";

/** The card under the cursor; null where there is none. */
export function hover(
  { document, analysis, context, beside }: DocumentView,
  position: Position,
  features: ClientFeatures,
  memory: HoverMemory,
): Hover | null {
  const card = hoverAt(analysis, document.offsetAt(position), { ...context, ...beside() }, memory);
  if (card === undefined) return null;
  const range = toRange(document, card.span);
  if (!features.markdownHover) {
    return { contents: { kind: MarkupKind.PlainText, value: cardToPlainText(card) }, range };
  }
  const link =
    features.commandLinks && card.revealLine !== undefined
      ? revealLink({ uri: document.uri, line: card.revealLine })
      : undefined;
  return { contents: { kind: MarkupKind.Markdown, value: cardToMarkdown(card, link) }, range };
}

/** encodeURIComponent leaves parentheses, which would end a Markdown link. */
function revealLink(target: RevealParams): string {
  const query = encodeURIComponent(JSON.stringify([target]))
    .replaceAll("(", "%28")
    .replaceAll(")", "%29");
  return `command:${commands.reveal}?${query}`;
}
