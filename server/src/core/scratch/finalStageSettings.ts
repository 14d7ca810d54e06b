import type { Instruction } from "../dockerfile/syntax.ts";
import { textOf } from "../text/span.ts";
import { carryInstruction } from "./finalStageCarry.ts";
import type { FinalStageContext, StagePart } from "./finalStageContext.ts";
import { healthParts } from "./finalStageHealth.ts";
import { type StartLine, finalStartOf } from "./finalStageStart.ts";
import { toAssignment, toExecForm } from "./finalStageText.ts";
import { finalUserOf } from "./finalStageUser.ts";
import {
  configuredValue,
  environmentParts,
  isCarriedEnvironment,
  namesOf,
  neededArguments,
  searchPathOf,
} from "./finalStageVariables.ts";

/** All that a container is told besides its files: what the lines of the chain say and what the base image set, for a stage that starts from nothing. */
export function* settingParts(context: FinalStageContext): Generator<StagePart> {
  yield* environmentParts(context);
  for (const instruction of context.input.chain.flatMap((stage) => stage.instructions)) {
    yield* instructionParts(context, instruction);
  }
  yield* baseParts(context);
  yield* directoryParts(context);
  yield* userParts(context);
  yield* healthParts(context);
  yield* startParts(context);
}

function* instructionParts(
  context: FinalStageContext,
  instruction: Instruction,
): Generator<StagePart> {
  const { keyword } = instruction;
  if (!plainSettings.has(keyword)) return;
  if (keyword === "ENV" && !isCarriedEnvironment(context, instruction)) return;
  const needed = neededArguments(context, instruction);
  if (needed === undefined) return yield* filledIn(context, instruction);
  for (const argument of needed) {
    const text = textOf(context.input.dockerfile.text, argument.span);
    yield { kind: "argument", index: instruction.index, text };
  }
  yield* carryInstruction(context, instruction);
}

/** What is said again as it stands; WORKDIR, USER and what starts the container count only once. */
const plainSettings: ReadonlySet<string> = new Set([
  "ENV",
  "EXPOSE",
  "LABEL",
  "MAINTAINER",
  "STOPSIGNAL",
  "VOLUME",
]);

/** An instruction whose variables the new stage does not have, with the values that the image has. */
function* filledIn(context: FinalStageContext, instruction: Instruction): Generator<StagePart> {
  const values = imageValues(context, instruction);
  if (values === undefined || values.length === 0) {
    const { keyword } = instruction;
    const sentence = `What ${keyword} in line ${instruction.startLine + 1} comes to does not show in the image: it may have changed since the build.`;
    return yield { kind: "problem", sentence };
  }
  yield* carryInstruction(context, instruction, `${instruction.keywordText} ${values.join(" ")}`);
}

function imageValues(
  context: FinalStageContext,
  instruction: Instruction,
): readonly string[] | undefined {
  const { settings, style } = context;
  const assigned = (valueOf: (name: string) => string | undefined) => {
    const found = namesOf(instruction).map((name) => {
      const value = valueOf(name);
      return value === undefined ? undefined : toAssignment(name, value, style.escape);
    });
    return found.every((one) => one !== undefined) ? found : undefined;
  };
  const { keyword } = instruction;
  if (keyword === "ENV") return assigned((name) => configuredValue(context, name));
  if (keyword === "LABEL") return assigned((name) => settings.labels[name]);
  if (keyword === "EXPOSE") return settings.exposedPorts;
  if (keyword === "VOLUME") return [toExecForm(settings.volumes)];
  return settings.stopSignal === undefined ? undefined : [settings.stopSignal];
}

/** Ports, volumes and the stop signal that come from the base image. */
function* baseParts(context: FinalStageContext): Generator<StagePart> {
  const { input, settings, style } = context;
  const written = (keyword: string): readonly Instruction[] =>
    input.chain.flatMap((stage) => stage.instructions.filter((one) => one.keyword === keyword));
  const ports = new Set(written("EXPOSE").flatMap(({ words }) => words.flatMap(portsOf)));
  const hasOpenPort = [...ports].some((port) => port.includes("$"));
  const basePorts = hasOpenPort ? [] : settings.exposedPorts.filter((port) => !ports.has(port));
  const volumes = new Set(written("VOLUME").flatMap(({ words }) => words.map(({ text }) => text)));
  const baseVolumes = settings.volumes.filter((volume) => !volumes.has(volume));
  const hasOpenVolume = [...volumes].some((volume) => volume.includes("$"));
  const line = (text: string): StagePart => ({ kind: "line", index: -1, text });
  if (basePorts.length > 0) yield line(`${style.keyword("EXPOSE")} ${basePorts.join(" ")}`);
  if (baseVolumes.length > 0 && !hasOpenVolume) {
    yield line(`${style.keyword("VOLUME")} ${toExecForm(baseVolumes)}`);
  }
  if (settings.stopSignal !== undefined && written("STOPSIGNAL").length === 0) {
    yield line(`${style.keyword("STOPSIGNAL")} ${settings.stopSignal}`);
  }
}

/** `8000-8002/udp` as the config has it: one entry for each port. */
function portsOf({ text }: { readonly text: string }): readonly string[] {
  const [, first, last, protocol = "tcp"] = /^(\d+)(?:-(\d+))?(?:\/(\w+))?$/.exec(text) ?? [];
  if (first === undefined) return [text];
  const count = Math.min(Number(last ?? first) - Number(first), mostPorts);
  return Array.from(
    { length: count + 1 },
    (_, at) => `${Number(first) + at}/${protocol.toLowerCase()}`,
  );
}

const mostPorts = 65_535;

/** The working directory, by the path it has come to. */
function* directoryParts(context: FinalStageContext): Generator<StagePart> {
  const { input, settings, style, layout } = context;
  const last = input.chain
    .flatMap(({ instructions }) => instructions)
    .findLast(({ keyword }) => keyword === "WORKDIR");
  const path = settings.workingDir ?? "";
  const escaped = path.replaceAll("$", `${style.escape}$`);
  if (last === undefined) {
    const text = `${style.keyword("WORKDIR")} ${escaped}`;
    if (path !== "" && path !== "/") yield { kind: "line", index: -1, text };
    return;
  }
  const isWhole = /^\/[^$]*$/.test(last.argumentText);
  if (layout === "in-place") {
    if (!isWhole) yield { kind: "problem", sentence: "WORKDIR depends on the base image." };
    return;
  }
  if (!isWhole && path === "") {
    return yield { kind: "problem", sentence: "The working directory is not known." };
  }
  yield* carryInstruction(context, last, isWhole ? undefined : `${last.keywordText} ${escaped}`);
}

function* userParts(context: FinalStageContext): Generator<StagePart> {
  const { input, read, style } = context;
  const user = finalUserOf(input, read);
  if (user === undefined) {
    return yield { kind: "problem", sentence: "The number of the user is not known." };
  }
  const { owner, instruction, furtherGroups, home } = user;
  if (home !== undefined && !context.hasPath("etc/passwd")) {
    const text = `${style.keyword("ENV")} ${toAssignment("HOME", home, style.escape)}`;
    yield { kind: "line", index: instruction?.index ?? -1, text };
  }
  if (furtherGroups.length > 0) {
    const names = furtherGroups.join(", ");
    const sentence = `The user is in the group ${names} as well: without etc/group a container does not know that.`;
    yield { kind: "caveat", sentence };
  }
  if (owner === undefined) return;
  if (instruction === undefined) {
    const text = `${style.keyword("USER")} ${owner}`;
    if (!/^0(?::0)?$/.test(owner)) yield { kind: "line", index: -1, text };
    return;
  }
  const isSame = instruction.words[0]?.text === owner;
  const newText = isSame ? undefined : `${instruction.keywordText} ${owner}`;
  yield* carryInstruction(context, instruction, newText);
}

function* startParts(context: FinalStageContext): Generator<StagePart> {
  const { input, program } = context;
  const start = finalStartOf(input, program, searchPathOf(context));
  if (start === undefined) {
    return yield {
      kind: "problem",
      sentence:
        "The start line and the image do not agree: the file may have changed since the build.",
    };
  }
  for (const line of start.lines) yield* startLineParts(context, line);
  for (const instruction of start.dropped) yield { kind: "removed", instruction };
}

function* startLineParts(context: FinalStageContext, line: StartLine): Generator<StagePart> {
  const { keyword, words, instruction, isAsWritten } = line;
  const { style } = context;
  if (instruction === undefined) {
    const text = `${style.keyword(keyword)} ${toExecForm(words)}`;
    return yield { kind: "line", index: Infinity, text };
  }
  const newText = isAsWritten ? undefined : `${instruction.keywordText} ${toExecForm(words)}`;
  yield* carryInstruction(context, instruction, newText);
}
