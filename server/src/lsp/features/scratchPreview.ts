import { applyEdits } from "../../core/analysis.ts";
import { namedOffers, rewriteTitle, thingsToKnow } from "../../core/views/scratch.ts";
import type { RewritePreview } from "../../protocol/scratch.ts";
import { toRange } from "../convert.ts";
import type { DocumentView } from "../documents.ts";

/** What an offer makes of the text as it is now; null when it is not offered any more. */
export function rewritePreview(
  { document, analysis }: DocumentView,
  offerId: string,
): RewritePreview | null {
  const offer = namedOffers(analysis).find(({ id }) => id === offerId)?.offer;
  if (offer === undefined) return null;
  return {
    title: rewriteTitle(offer),
    version: document.version,
    newText: applyEdits(analysis.dockerfile.text, offer.edits),
    edits: offer.edits.map(({ span, newText }) => ({ range: toRange(document, span), newText })),
    caveats: thingsToKnow(offer),
  };
}
