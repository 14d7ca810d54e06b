import type { Instruction } from "../dockerfile/syntax.ts";
import { insertBehind } from "../dockerfile/runEdits.ts";
import type { ShellScript } from "../dockerfile/shellScript.ts";
import { recommendedOnly } from "../image/packages/recommended.ts";
import { formatSize } from "../text/size.ts";
import { textOf } from "../text/span.ts";
import type { RuleContext } from "./context.ts";
import { allCallsIn } from "./managers/fileCalls.ts";
import { type ToolCall, hasOption, isCall } from "./managers/toolCall.ts";
import type { Fix, Report, Rule, Saving } from "./rule.ts";

/**
 * `apt-get install` without `--no-install-recommends`. With the image it speaks of the packages that only Recommends brought, and is silent where
 * there are none; what goes with the option only a build can tell.
 */
export const aptRecommends: Rule = {
  code: "apt-recommends",
  title: "Recommended packages are installed too",
  severity: "information",
  *check(context) {
    if (isConfigured(context)) return;
    for (const run of context.shipped) {
      const script = run.keyword === "RUN" ? context.shellOf(run) : undefined;
      const report = script && reportOf(context, run, script);
      if (report !== undefined) yield report;
    }
  },
};

function reportOf(context: RuleContext, run: Instruction, script: ShellScript): Report | undefined {
  const calls = allCallsIn(context, run).filter(installsRecommended);
  const [first] = calls;
  if (first === undefined) return undefined;
  const brought = broughtBy(context, run, calls);
  if (brought?.bytes === 0) return undefined;
  const { nameSpan } = first.command;
  const saving: Saving | undefined = brought && { bytes: brought.bytes, basis: "predicted" };
  return {
    span: { start: nameSpan.start, end: first.operands[0]?.span.end ?? nameSpan.end },
    instruction: run.index,
    message: brought === undefined ? unmeasured : measured(brought),
    saving,
    fixes: () => optionFix(context, script, calls, saving),
    related: [],
  };
}

const unmeasured = "Packages that others only recommend are installed too.";

interface Brought {
  readonly names: readonly string[];
  readonly bytes: number;
}

function measured({ names, bytes }: Brought): string {
  const listed = names.slice(0, 3).join(", ");
  const rest = names.length > 3 ? ` and ${names.length - 3} more` : "";
  return `${formatSize(bytes)} of packages came only because others recommend them: ${listed}${rest}.`;
}

/** What only Recommends brought to the layers of a RUN; undefined where the image does not tell. */
function broughtBy(
  context: RuleContext,
  run: Instruction,
  calls: readonly ToolCall[],
): Brought | undefined {
  const { read, memory } = context;
  const layers = context.measuredLayers(run);
  if (read === undefined || layers === undefined) return undefined;
  if (layers.length === 0) return { names: [], bytes: 0 };
  const requested = calls.flatMap(({ operands }) => operands.slice(1).map(({ text }) => text));
  const name = `recommended in ${layers.join(",")} for ${requested.join(" ")}`;
  const found = memory.recall(read, name, () => recommendedOnly(read, layers, requested));
  return found && { names: found.packages.map((one) => one.name), bytes: Math.round(found.bytes) };
}

function installsRecommended(call: ToolCall): boolean {
  if (!isCall(call, "apt", "install") || call.operands.length < 2) return false;
  if (call.command.name === "aptitude" && hasOption(call, "-R", "--without-recommends")) {
    return false;
  }
  if (hasOption(call, "--no-install-recommends", "--download-only", "-d", "--print-uris")) {
    return false;
  }
  const settings = [...call.values.values(), ...call.options.map(({ text }) => text)];
  return !settings.some((text) => setting.test(text));
}

const setting = /APT::Install-Recommends[\s=:]*["']?(?:0|false|no|off)/i;

/** Whether the file writes or copies a setting for apt, whose content may say so. */
function isConfigured(context: RuleContext): boolean {
  const { shipped, dockerfile } = context;
  if (/Install-Recommends/i.test(dockerfile.text) && setting.test(dockerfile.text)) return true;
  const isPlace = (text: string): boolean => /(?:^|\/)etc\/apt\/(?:apt\.conf|$)/.test(text);
  return shipped.some(
    (one) =>
      (one.keyword === "COPY" || one.keyword === "ADD") &&
      one.words.some(({ text }) => isPlace(text) || text.endsWith("apt.conf")),
  );
}

/** Offered where all calls can be given the option. */
function optionFix(
  { dockerfile }: RuleContext,
  { form, isComplete }: ShellScript,
  calls: readonly ToolCall[],
  saving: Saving | undefined,
): readonly Fix[] {
  const verbs = calls.map(({ operands }) => operands[0]);
  const areThere = verbs.every(
    (word) => word !== undefined && textOf(dockerfile.text, word.span) === word.text,
  );
  const isAptitude = calls.some(({ command }) => command.name === "aptitude");
  if (form === "exec" || !isComplete || !areThere || isAptitude) return [];
  return [
    {
      title: "Add --no-install-recommends",
      kind: "quickfix",
      // A program may use what was recommended without needing it.
      isSafe: false,
      edits: verbs.flatMap((word) =>
        word === undefined ? [] : [insertBehind(word.span, "--no-install-recommends")],
      ),
      saving,
    },
  ];
}
