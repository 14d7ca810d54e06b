import { stageAt, stageChain } from "../../dockerfile/stages.ts";
import type { Instruction } from "../../dockerfile/syntax.ts";
import type { RuleContext } from "../context.ts";
import { allCallsIn } from "./fileCalls.ts";
import { type ToolCall, isCall } from "./toolCall.ts";

/** Whether a container is started for development or tests: its command says so. */
export function isDevelopmentImage({ shipped }: RuleContext): boolean {
  const start = shipped.findLast(({ keyword }) => keyword === "CMD");
  const entry = shipped.findLast(({ keyword }) => keyword === "ENTRYPOINT");
  return [start, entry].some(
    (one) => one !== undefined && developing.test(one.words.map(({ text }) => text).join(" ")),
  );
}

const developing =
  /(?:^|[\s:/])(?:dev|develop|watch|tests?|nodemon|ts-node|ts-node-dev|tsx|vite|jest|vitest|pytest|tox|rspec|phpunit|storybook)(?:[\s:]|$)|--watch|--reload/;

/** What the RUNs of a file do with what is installed for development; each RUN is looked at once, when it is first asked for. */
export interface DevUse {
  /** Whether the RUN itself, or one behind it in a stage that it is part of, runs a build, tests or linters. */
  isUsedFrom(run: Instruction): boolean;
  /** Whether `bundle config … without` ran before, or in this RUN. */
  hasGroupsLeftOut(run: Instruction): boolean;
}

/** Of all stages. */
export function createDevUse(context: RuleContext): DevUse {
  const { dockerfile } = context;
  let stages: readonly StageUse[] | undefined;
  const around = ({ index }: Instruction): readonly StageUse[] => {
    stages ??= stageUses(context);
    const own = stageAt(dockerfile, index)?.index ?? -1;
    return stages.filter(({ members }) => members.includes(own));
  };
  return {
    isUsedFrom: (run) => around(run).some(({ lastUse }) => lastUse >= run.index),
    hasGroupsLeftOut: (run) => around(run).some(({ firstGroups }) => firstGroups <= run.index),
  };
}

interface StageUse {
  /** Indexes of the stages it is made of. */
  readonly members: readonly number[];
  /** Instruction; -1 for none. */
  readonly lastUse: number;
  /** Instruction; infinite for none. */
  readonly firstGroups: number;
}

function stageUses(context: RuleContext): readonly StageUse[] {
  const { dockerfile } = context;
  const uses = dockerfile.stages.map(({ index, instructions }) => {
    const runs = instructions.filter(({ keyword }) => keyword === "RUN");
    return {
      index,
      lastUse: runs.findLast((run) => usesDevelopment(context, run))?.index ?? -1,
      firstGroups:
        runs.find((run) => allCallsIn(context, run).some(leavesGroupsOut))?.index ?? Infinity,
    };
  });
  return dockerfile.stages.map((stage) => {
    const chain = stageChain(dockerfile, stage).flatMap(({ index }) => uses[index] ?? []);
    return {
      members: chain.map(({ index }) => index),
      lastUse: Math.max(...chain.map(({ lastUse }) => lastUse)),
      firstGroups: Math.min(...chain.map(({ firstGroups }) => firstGroups)),
    };
  });
}

function leavesGroupsOut(call: ToolCall): boolean {
  if (!isCall(call, "bundle", "config")) return false;
  return call.operands.some(({ text }) => text === "without");
}

function usesDevelopment(context: RuleContext, run: Instruction): boolean {
  const commands = context.shellOf(run)?.commands ?? [];
  return (
    commands.some(({ name }) => name !== undefined && devTools.has(name)) ||
    allCallsIn(context, run).some(isDevUse)
  );
}

function isDevUse(call: ToolCall): boolean {
  const isRunning =
    isCall(call, "npm", "run|run-script|test|t|exec|x|start|rebuild") ||
    isCall(call, "pnpm", "run|test|exec|build|dlx|start|-r") ||
    isCall(call, "bun", "run|test|build|x") ||
    isCall(call, "bundle", "exec") ||
    isCall(call, "poetry", "run|build") ||
    isCall(call, "uv", "run") ||
    isCall(call, "composer", "run|run-script|test|exec");
  return isRunning || isYarnScript(call.tool, call.operands[0]?.text);
}

/** `yarn build` runs a script; so does any verb that is none of its own. */
function isYarnScript(tool: string, verb: string | undefined): boolean {
  return tool === "yarn" && verb !== undefined && !yarnVerbs.has(verb);
}

const yarnVerbs: ReadonlySet<string> = new Set(
  "install add remove cache config global set plugin up upgrade import link info version workspaces policies autoclean".split(
    " ",
  ),
);

const devTools: ReadonlySet<string> = new Set(
  "npx bunx pnpx tsc webpack vite ng next nuxt rollup esbuild gulp grunt jest vitest mocha eslint prettier tsx ts-node turbo nx lerna astro gatsby parcel make pytest tox nox mypy ruff flake8 black pylint rspec rubocop rake phpunit phpstan".split(
    " ",
  ),
);
