import type { Range } from "vscode-languageserver/node";
import { DiagnosticSeverity } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Notice } from "../core/views/diagnostics.ts";

/** Half-open offsets as an LSP range. */
export function toRange(
  document: TextDocument,
  span: { readonly start: number; readonly end: number },
): Range {
  return { start: document.positionAt(span.start), end: document.positionAt(span.end) };
}

/** An LSP range as half-open offsets. */
export function fromRange(
  document: TextDocument,
  range: Range,
): { readonly start: number; readonly end: number } {
  return { start: document.offsetAt(range.start), end: document.offsetAt(range.end) };
}

/** The LSP number of a severity. */
export function toSeverity(severity: Notice["severity"]): DiagnosticSeverity {
  switch (severity) {
    case "error":
      return DiagnosticSeverity.Error;
    case "warning":
      return DiagnosticSeverity.Warning;
    case "information":
      return DiagnosticSeverity.Information;
    case "hint":
      return DiagnosticSeverity.Hint;
  }
}
