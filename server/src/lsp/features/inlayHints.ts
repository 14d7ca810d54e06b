import type { InlayHint, Range } from "vscode-languageserver/node";
import { sizeNotes } from "../../core/views/inlay.ts";
import { fromRange } from "../convert.ts";
import type { DocumentView } from "../documents.ts";

/** Sizes behind the instructions in the range; empty when they are switched off. */
export function inlayHints(
  { document, analysis, settings, beside }: DocumentView,
  range: Range,
): InlayHint[] {
  if (!settings.inlayHintsEnabled) return [];
  const wanted = fromRange(document, range);
  const { growth } = beside();
  return sizeNotes(analysis, { minimumBytes: settings.inlayHintsMinimumBytes, growth })
    .filter(({ offset }) => wanted.start <= offset && offset <= wanted.end)
    .map(({ offset, text, tooltip }) => ({
      position: document.positionAt(offset),
      label: text,
      tooltip,
      paddingLeft: true,
    }));
}
