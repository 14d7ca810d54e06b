import assert from "node:assert/strict";
import { test } from "node:test";
import { createEnvironment } from "../../../server/src/core/dockerfile/environment.ts";
import { expandVariables } from "../../../server/src/core/dockerfile/expand.ts";
import { parseDockerfile } from "../../../server/src/core/dockerfile/parse.ts";
import {
  createVariableScope,
  globalArguments,
} from "../../../server/src/core/dockerfile/variables.ts";

const known = new Map<string, string | undefined>([
  ["A", "a"],
  ["EMPTY", ""],
  ["UNKNOWN", undefined],
]);

const expansions: readonly (readonly [string, string | undefined])[] = [
  ["x", "x"],
  ["$A", "a"],
  ["${A}/$A", "a/a"],
  ["$A.b", "a.b"],
  ["$EMPTY", ""],
  ["$UNKNOWN", undefined],
  ["$MISSING", undefined],
  ["${A:-d}", "a"],
  ["${EMPTY:-d}", "d"],
  ["${EMPTY-d}", ""],
  ["${MISSING:-d}", "d"],
  ["${MISSING:-${A}}", "a"],
  ["${A:+d}", "d"],
  ["${EMPTY:+d}", ""],
  ["${MISSING+d}", ""],
  ["${A#prefix}", undefined],
  ["${A", undefined],
];
for (const [text, expected] of expansions) {
  test(`${text} becomes ${String(expected)}`, () =>
    assert.equal(expandVariables(text, known), expected));
}

/** Variables behind the last line, as `NAME=value`, `NAME` where the value is not known. */
function variablesOf(text: string): readonly string[] {
  const { instructions } = parseDockerfile(text);
  const scope = createVariableScope(globalArguments(instructions));
  const start = instructions.findIndex(({ keyword }) => keyword === "FROM");
  for (const instruction of instructions.slice(start)) scope.read(instruction);
  return [...scope.variables].map(([name, value]) =>
    value === undefined ? name : `${name}=${value}`,
  );
}

const scopes: readonly (readonly [string, string, readonly string[]])[] = [
  ["an ENV sets several, quotes taken away", "FROM a\nENV A=b C='d e'", ["A=b", "C=d e"]],
  ["the old form of ENV takes the rest of the line", "FROM a\nENV A b  c", ["A=b  c"]],
  ["values of a line are those before it", "FROM a\nENV A=1\nENV A=2 B=$A", ["A=2", "B=1"]],
  ["a global ARG is not visible by itself", "ARG A=1\nFROM a", []],
  ["but once it is declared", "ARG A=1\nFROM a\nARG A", ["A=1"]],
  ["an ARG without a default is not known", "FROM a\nARG A", ["A"]],
  ["an ENV hides an ARG, before and behind it", "FROM a\nENV A=1\nARG A=2", ["A=1"]],
  ["ARGs end with their stage, ENVs do not", "FROM a AS b\nARG A=1\nENV B=$A\nFROM b", ["B=1"]],
];
for (const [name, text, expected] of scopes) {
  test(name, () => assert.deepEqual(variablesOf(text), expected));
}

test("many variables that are opened and never closed have no value", () => {
  assert.equal(expandVariables("${A:-".repeat(100_000), known), undefined);
});

test("lines that each double a value do not fill the memory", () => {
  const doubling = Array.from({ length: 100 }, (_, at) => `ENV A${at + 1}=$A${at}$A${at}`);
  const dockerfile = parseDockerfile(`FROM a\nENV A0=word\n${doubling.join("\n")}\nRUN x\n`);
  const variables = createEnvironment(dockerfile, []).at(dockerfile.instructions.at(-1)!);
  assert.equal(variables.get("A10")?.length, 4096);
  assert.equal(variables.get("A100"), undefined);
});

test("between very many settings each instruction has the values of its place", () => {
  const settings = Array.from({ length: 5000 }, (_, at) => `ENV A=${at} B${at}=$A\nRUN x\n`);
  const dockerfile = parseDockerfile(`FROM a\nARG A=none\n${settings.join("")}`);
  const environment = createEnvironment(dockerfile, ["BASE=b"]);
  const runs = dockerfile.instructions.filter(({ keyword }) => keyword === "RUN");
  const valuesAt = (place: number, ...names: readonly string[]) => {
    const variables = environment.at(runs[place]!);
    return names.map((name) => (variables.has(name) ? variables.get(name) : "not set"));
  };
  assert.deepEqual(valuesAt(0, "A", "B0", "B1", "BASE"), ["0", "none", "not set", "b"]);
  assert.deepEqual(valuesAt(4999, "A", "B0", "B4999"), ["4999", "none", "4998"]);
});
