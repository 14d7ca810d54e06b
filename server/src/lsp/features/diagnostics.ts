import type { Diagnostic } from "vscode-languageserver/node";
import { noticesOf } from "../../core/views/diagnostics.ts";
import { toRange, toSeverity } from "../convert.ts";
import type { DocumentView } from "../documents.ts";
import type { ClientFeatures } from "../session.ts";

/** Everything there is to report about a document. */
export function diagnostics(
  { document, analysis, context }: DocumentView,
  { relatedInformation }: ClientFeatures,
): Diagnostic[] {
  const isNamedHere = context.state === "failed" && context.chosenBy === "directive";
  const trouble =
    isNamedHere && context.message !== undefined ? { imageTrouble: context.message } : {};
  return noticesOf(analysis, trouble).map(({ span, severity, code, message, related }) => ({
    range: toRange(document, span),
    severity: toSeverity(severity),
    source: "tare",
    code,
    message,
    ...(relatedInformation && related.length > 0
      ? {
          relatedInformation: related.map((other) => ({
            location: { uri: document.uri, range: toRange(document, other.span) },
            message: other.message,
          })),
        }
      : {}),
  }));
}
