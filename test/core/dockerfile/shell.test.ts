import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDockerfile } from "../../../server/src/core/dockerfile/parse.ts";
import { shellOf } from "../../../server/src/core/dockerfile/shell.ts";
import { textOf } from "../../../server/src/core/text/span.ts";

/** Each command of the last instruction as `name args certainty`, words by what stands at their spans. */
function checkCommands(text: string, expected: readonly string[]): void {
  const dockerfile = parseDockerfile(text);
  const instruction = dockerfile.instructions.at(-1);
  assert.ok(instruction !== undefined);
  const commands = shellOf(dockerfile, instruction)?.commands ?? [];
  assert.deepEqual(
    commands.map(({ name, args, certainty }) =>
      [name ?? "?", ...args.map(({ span }) => textOf(text, span)), certainty].join(" "),
    ),
    expected,
  );
}

test("commands of a chain stand where the Dockerfile has them, comments and continuations left out", () =>
  checkCommands(
    "FROM a\nRUN apt-get update && \\\n  # why\n  apt-get install -y \\\n    'curl' $X\n",
    ["apt-get update always", "apt-get install -y 'curl' $X always"],
  ));

test("what stands behind || may not run, unless it gives up", () => {
  checkCommands("FROM a\nRUN a || b", ["a always", "b maybe"]);
  checkCommands("FROM a\nRUN a && b || exit 1", ["a always", "b always", "exit 1 maybe"]);
  checkCommands("FROM a\nRUN a && b || { echo no; exit 1; }", [
    "a always",
    "b always",
    "echo no maybe",
    "exit 1 maybe",
  ]);
  checkCommands("FROM a\nRUN a && b || true", ["a always", "b maybe", "true maybe"]);
});

test("branches, loops and functions are looked into", () =>
  checkCommands("FROM a\nRUN if a; then b; else c; fi; for x in 1 2; do d; done; f() { e; }", [
    "a always",
    "b maybe",
    "c maybe",
    "d always",
    "e maybe",
  ]));

test("wrappers are taken off", () => {
  checkCommands("FROM a\nRUN sudo -u me env A=b /usr/bin/pip install x", ["pip install x always"]);
  checkCommands("FROM a\nRUN timeout -k 1 5 curl u", ["curl u always"]);
  checkCommands("FROM a\nRUN command -v curl", ["command -v curl always"]);
});

test("scripts in substitutions and behind sh -c are found", () => {
  checkCommands("FROM a\nRUN echo $(curl x)", ["echo $(curl x) always", "curl x always"]);
  checkCommands("FROM a\nRUN bash -ec 'yarn install'", [
    "bash -ec 'yarn install' always",
    "yarn 'yarn install' always",
  ]);
  checkCommands('FROM a\nRUN ["sh", "-c", "a; b"]', ["a always", "b always"]);
  checkCommands('FROM a\nRUN ["/usr/bin/pip", "install", "x"]', ['pip "install" "x" always']);
});

test("the body of a heredoc is a script when nothing else reads it", () => {
  checkCommands("FROM a\nRUN <<EOF\nset -e\napk add x\nEOF\n", [
    "set -e always",
    "apk add x always",
  ]);
  checkCommands("FROM a\nRUN <<EOF\n#!/usr/bin/env python3\nprint(1)\nEOF\n", []);
  checkCommands("FROM a\nRUN cat <<EOF > /f && b\nrm -rf /\nEOF\n", ["cat always", "b always"]);
});

test("a shell that is no POSIX shell is not read", () => {
  checkCommands('FROM a\nSHELL ["powershell", "-Command"]\nRUN a; b', []);
  checkCommands("# escape=`\nFROM a\nRUN a", []);
  checkCommands('FROM a\nSHELL ["/bin/bash", "-c"]\nRUN a', ["a always"]);
  checkCommands('FROM a AS x\nSHELL ["pwsh"]\nFROM b\nRUN a', ["a always"]);
});

test("HEALTHCHECK and CMD have commands too", () => {
  checkCommands("FROM a\nHEALTHCHECK --interval=3s CMD curl -f u || exit 1", [
    "curl -f u always",
    "exit 1 maybe",
  ]);
  checkCommands("FROM a\nHEALTHCHECK NONE", []);
  checkCommands('FROM a\nHEALTHCHECK --retries=2 CMD \\\n  ["/app", "ping"]', [
    'app "ping" always',
  ]);
  checkCommands("FROM a\nHEALTHCHECK CMD [ -f /ready ]", ["[ -f /ready ] always"]);
  checkCommands("FROM a\nCMD node server.js", ["node server.js always"]);
});

test("half-typed text is read as far as it goes", () => {
  const dockerfile = parseDockerfile("FROM a\nRUN apt-get install &&");
  const script = shellOf(dockerfile, dockerfile.instructions[1]!);
  assert.equal(script?.isComplete, false);
  assert.deepEqual(
    script?.commands.map(({ name }) => name),
    ["apt-get"],
  );
});
