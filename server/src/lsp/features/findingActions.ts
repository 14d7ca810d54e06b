import type { CodeAction, Diagnostic, Range } from "vscode-languageserver/node";
import { CodeActionKind } from "vscode-languageserver/node";
import type { Finding, Fix } from "../../core/analysis.ts";
import { ignoreEdit } from "../../core/analysis.ts";
import { fixTitle } from "../../core/views/findings.ts";
import { fromRange, toRange } from "../convert.ts";
import type { DocumentView } from "../documents.ts";
import type { ClientFeatures } from "../session.ts";
import { workspaceEdit } from "./workspaceEdit.ts";

/** Fixes of the findings at the range or among the diagnostics asked about, best first, then the ways to ignore them. */
export function findingActions(
  view: DocumentView,
  range: Range,
  ours: readonly Diagnostic[],
  features: ClientFeatures,
): readonly CodeAction[] {
  const asked = askedFindings(view, range, ours);
  return [
    ...asked.flatMap((one) =>
      one.finding.fixes.map((fix, index) => fixAction(view, one, fix, index === 0, features)),
    ),
    ...asked.flatMap((one) => ignoreActions(view, one, features)),
  ].filter((action) => action !== undefined);
}

interface AskedFinding {
  readonly finding: Finding;
  /** Those of the client that show it. */
  readonly diagnostics: Diagnostic[];
}

function askedFindings(
  { document, analysis }: DocumentView,
  range: Range,
  ours: readonly Diagnostic[],
): readonly AskedFinding[] {
  const wanted = fromRange(document, range);
  const shown = new Map<string, Diagnostic[]>();
  for (const one of ours) {
    const key = shownAs(one.code, one.range);
    shown.set(key, [...(shown.get(key) ?? []), one]);
  }
  return analysis.findings.flatMap((finding) => {
    const { span, code } = finding;
    const diagnostics = shown.get(shownAs(code, toRange(document, span))) ?? [];
    const isTouched = span.start <= wanted.end && wanted.start <= span.end;
    return isTouched || diagnostics.length > 0 ? [{ finding, diagnostics }] : [];
  });
}

/** What tells a finding among diagnostics. */
function shownAs(code: Diagnostic["code"], range: Range): string {
  return JSON.stringify([code, range]);
}

function fixAction(
  view: DocumentView,
  { diagnostics }: AskedFinding,
  fix: Fix,
  isBest: boolean,
  features: ClientFeatures,
): CodeAction | undefined {
  const edit = workspaceEdit(view, fix, features);
  if (edit === undefined) return undefined;
  return {
    title: fixTitle(fix),
    kind: fix.kind === "refactor" ? CodeActionKind.RefactorRewrite : CodeActionKind.QuickFix,
    diagnostics,
    isPreferred: isBest && fix.isSafe,
    edit,
  };
}

function ignoreActions(
  view: DocumentView,
  { finding, diagnostics }: AskedFinding,
  features: ClientFeatures,
): readonly (CodeAction | undefined)[] {
  const { code, instruction } = finding;
  const places = [
    { where: "here", at: instruction },
    { where: "in this file", at: "file" },
  ] as const;
  return places.map(({ where, at }) => {
    const textEdit = ignoreEdit(view.analysis.dockerfile, code, at);
    const edit = textEdit && workspaceEdit(view, { edits: [textEdit] }, features);
    if (edit === undefined) return undefined;
    return { title: `Ignore ${code} ${where}`, kind: CodeActionKind.QuickFix, diagnostics, edit };
  });
}
