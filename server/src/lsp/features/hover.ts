import type { Hover, Position } from "vscode-languageserver/node";
import { MarkupKind } from "vscode-languageserver/node";
import type { Analysis } from "../../core/analysis.ts";
import type { BesideImage } from "../../core/views/besideImage.ts";
import type { HoverMemory } from "../../core/views/hoverCard.ts";
import { hoverAt, prepareHover } from "../../core/views/hover.ts";
import { type CardLinks, cardToMarkdown, cardToPlainText } from "../../core/views/hoverText.ts";
import { treemapPlaceOf } from "../../core/views/treemapView.ts";
import type { DocumentParams } from "../../protocol.ts";
import type { FileParams } from "../../protocol/files.ts";
import type { RevealParams } from "../../protocol/layerTree.ts";
import type { TreemapTarget } from "../../protocol/treemap.ts";
import { commands } from "../../protocol.ts";
import { toRange } from "../convert.ts";
import type { DocumentView } from "../documents.ts";
import type { ClientFeatures } from "../session.ts";

/** The card under the cursor; null where there is none. What goes over all files of an image the first time comes in pieces. */
export function* hover(
  { document, analysis, context, beside }: DocumentView,
  position: Position,
  features: ClientFeatures,
  memory: HoverMemory,
): Generator<undefined, Hover | null> {
  const offset = document.offsetAt(position);
  yield* prepareHover(analysis, offset, memory);
  const besides = beside();
  const card = hoverAt(analysis, offset, { ...context, ...besides }, memory);
  if (card === undefined) return null;
  const range = toRange(document, card.span);
  if (!features.markdownHover) {
    return { contents: { kind: MarkupKind.PlainText, value: cardToPlainText(card) }, range };
  }
  const line = features.commandLinks ? card.revealLine : undefined;
  const links = line === undefined ? {} : linksOf(document.uri, line, analysis, besides);
  return { contents: { kind: MarkupKind.Markdown, value: cardToMarkdown(card, links) }, range };
}

function linksOf(
  uri: string,
  line: number,
  analysis: Analysis,
  { growth }: BesideImage,
): CardLinks {
  const reveal: RevealParams = { uri, line };
  const place = treemapPlaceOf(analysis, line);
  const treemap: TreemapTarget | undefined = place && { uri, ...place };
  return {
    reveal: commandLink(commands.reveal, reveal),
    treemap: treemap && commandLink(commands.showTreemap, treemap),
    grown: growth && commandLink(commands.whatGrew, { uri }),
    openFile: (path, layer) => commandLink(commands.openFile, { uri, path, layer }),
  };
}

/** encodeURIComponent leaves parentheses, which would end a Markdown link. */
function commandLink(
  command: string,
  argument: DocumentParams | FileParams | RevealParams | TreemapTarget,
): string {
  const query = encodeURIComponent(JSON.stringify([argument]))
    .replaceAll("(", "%28")
    .replaceAll(")", "%29");
  return `command:${command}?${query}`;
}
