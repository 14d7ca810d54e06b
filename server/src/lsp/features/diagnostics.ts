import type { Diagnostic } from "vscode-languageserver/node";
import { type Finding, rules } from "../../core/analysis.ts";
import { noticesOf } from "../../core/views/diagnostics.ts";
import { toRange, toSeverity } from "../convert.ts";
import type { DocumentView } from "../documents.ts";
import type { Host } from "../host.ts";
import type { ClientFeatures } from "../session.ts";

const ruleCodes = new Set(rules.map(({ code }) => code));

/** Everything there is to report about a document, with these findings: no rule is asked. */
export function diagnostics(
  { document, analysis, context }: DocumentView,
  { relatedInformation, codeDescription }: ClientFeatures,
  pages: Pick<Host, "rulePage">,
  findings: readonly Finding[],
): Diagnostic[] {
  const isNamedHere = context.state === "failed" && context.chosenBy === "directive";
  const trouble =
    isNamedHere && context.message !== undefined ? { imageTrouble: context.message } : {};
  const options = { ...trouble, findings };
  return noticesOf(analysis, options).map(({ span, severity, code, message, related }) => {
    const href = codeDescription && ruleCodes.has(code) ? pages.rulePage(code) : undefined;
    return {
      range: toRange(document, span),
      severity: toSeverity(severity),
      source: "tare",
      code,
      ...(href === undefined ? {} : { codeDescription: { href } }),
      message,
      ...(relatedInformation && related.length > 0
        ? {
            relatedInformation: related.map((other) => ({
              location: { uri: document.uri, range: toRange(document, other.span) },
              message: other.message,
            })),
          }
        : {}),
    };
  });
}
