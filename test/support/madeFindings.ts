import type { Analysis, Finding, Fix } from "../../server/src/core/analysis.ts";
import { textAnalysisOf } from "./analysisOf.ts";

/** What a test says of a finding; the rest is as dull as can be. */
export interface MadeFinding extends Partial<Omit<Finding, "span" | "fixes">> {
  /** It covers the first occurrence of this text. */
  readonly at: string;
  readonly fixes?: readonly MadeFix[];
}

/** What a test says of a fix: texts and what takes the place of each one's first occurrence. */
export interface MadeFix extends Partial<Omit<Fix, "edits">> {
  readonly replace?: Readonly<Record<string, string>>;
}

/** A Dockerfile without an image in which these things were found, whatever rules there are. */
export function analysisFinding(text: string, findings: readonly MadeFinding[]): Analysis {
  return withFindings(
    textAnalysisOf(text),
    findings.map((made) => toFinding(text, made)),
  );
}

/** The same analysis, whatever the rules say. */
export function withFindings(analysis: Analysis, findings: readonly Finding[]): Analysis {
  const { budgets, forecast, readiness, rewrites } = analysis;
  return { ...analysis, budgets, forecast, readiness, rewrites, findings };
}

function toFinding(text: string, { at, fixes = [], ...made }: MadeFinding): Finding {
  return {
    code: "made-up",
    severity: "warning",
    span: spanOf(text, at),
    instruction: 0,
    message: "Something is there.",
    saving: undefined,
    related: [],
    ...made,
    fixes: fixes.map((fix) => toFix(text, fix)),
  };
}

function toFix(text: string, { replace = {}, ...made }: MadeFix): Fix {
  return {
    title: "Take it away",
    kind: "quickfix",
    isSafe: true,
    saving: undefined,
    ...made,
    edits: Object.entries(replace).map(([old, newText]) => ({ span: spanOf(text, old), newText })),
  };
}

function spanOf(text: string, part: string) {
  const start = text.indexOf(part);
  if (start === -1) throw new Error(`There is no ${part} in the text.`);
  return { start, end: start + part.length };
}
