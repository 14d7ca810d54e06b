import type { Piecework } from "../image/piecework.ts";
import type { RuleContext } from "./context.ts";
import { ignoredIn } from "./ignoring.ts";
import { rules as registry } from "./registry.ts";
import type { Finding, Report, Rule, Severity } from "./rule.ts";

/** How loud each rule is where that is not its own severity, by code; `off` for a rule that says nothing. Unknown codes are left alone. */
export type RuleSeverities = Readonly<Record<string, Severity | "off">>;

/**
 * What the rules report, in text order, several at one place in the order of the rules. Left out: rules that are off, and what a
 * `# tare: ignore=…` speaks of. A rule that throws is a bug and is not caught.
 */
export function* findFindings(
  context: RuleContext,
  severities: RuleSeverities = {},
  rules: readonly Rule[] = registry,
): Piecework<readonly Finding[]> {
  const isIgnored = ignoredIn(context.dockerfile);
  const findings: Finding[] = [];
  for (const rule of rules) {
    if (severityOf(severities, rule.code) === "off") continue;
    for (const report of rule.check(context)) {
      if (report !== undefined) findings.push(toFinding(rule, report, severities));
      yield;
    }
    yield;
  }
  return findings
    .filter(({ code, instruction }) => !isIgnored(code, instruction))
    .sort((a, b) => a.span.start - b.span.start);
}

function severityOf(severities: RuleSeverities, code: string): Severity | "off" | undefined {
  return Object.hasOwn(severities, code) ? severities[code] : undefined;
}

function toFinding(rule: Rule, report: Report, severities: RuleSeverities): Finding {
  const chosen = severityOf(severities, rule.code);
  const severity =
    chosen === undefined || chosen === "off" ? (report.severity ?? rule.severity) : chosen;
  return new FoundFinding(rule.code, severity, report);
}

/** A class for the one getter: thousands of objects with a getter of their own each would take ten times as long to make. */
class FoundFinding implements Finding {
  readonly code: string;
  readonly severity: Severity;
  readonly span: Finding["span"];
  readonly instruction: number;
  readonly message: string;
  readonly saving: Finding["saving"];
  readonly related: Finding["related"];
  #fixes: Report["fixes"];

  constructor(code: string, severity: Severity, report: Report) {
    this.code = code;
    this.severity = severity;
    this.span = report.span;
    this.instruction = report.instruction;
    this.message = report.message;
    this.saving = report.saving;
    this.related = report.related;
    this.#fixes = report.fixes;
  }

  get fixes(): Finding["fixes"] {
    if (typeof this.#fixes === "function") this.#fixes = this.#fixes();
    return this.#fixes;
  }
}
