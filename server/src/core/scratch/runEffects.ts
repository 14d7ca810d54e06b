import type { ShellCommand, ShellScript } from "../dockerfile/shellScript.ts";
import type { Instruction } from "../dockerfile/syntax.ts";
import { textOf } from "../text/span.ts";
import type { Need, NeedContext } from "./needs.ts";
import type { ScratchInput } from "./scratchInput.ts";
import { findCompileSteps } from "./toolchain.ts";

/** The RUN instructions of the final stage with their scripts; those that no shell parser reads have none. */
export function shippedScripts(
  input: ScratchInput,
): readonly { readonly run: Instruction; readonly script: ShellScript }[] {
  return input.chain
    .flatMap(({ instructions }) => instructions)
    .filter(({ keyword }) => keyword === "RUN")
    .flatMap((run) => {
      const script = input.shellOf(run);
      return script === undefined ? [] : [{ run, script }];
    });
}

/** What becomes of a command on the way to scratch. */
type Effect =
  /** It makes the program, or leaves nothing behind that counts. */
  | "built"
  /** What it makes is looked for in the image by another check. */
  | "carried"
  /** It writes files of which nothing tells whether the program reads them. */
  | "unknown";

/** Commands by what they leave behind. */
const effects: readonly (readonly [Effect, RegExp])[] = [
  [
    "carried",
    /^(?:adduser|addgroup|useradd|groupadd|usermod|groupmod|update-ca-certificates|update-ca-trust|c_rehash|mkdir|chown|chmod|chgrp|setcap|ln|install|touch)$/,
  ],
  [
    "built",
    /^(?:strip|upx|rm|rmdir|set|cd|pushd|popd|export|unset|test|\[|true|false|:|echo|printf|ls|find|cat|which|type|command|exit|env|sleep|file|ldd|du|df|id|uname|date|sha256sum|sha512sum|md5sum|gpg|apk|apt-get|apt|aptitude|dpkg|dnf|yum|microdnf|zypper|pacman|tdnf|corepack|rustup|go|cargo|zig|cmake|ninja|meson|autoconf|autoreconf|configure)$/,
  ],
];

/** What images that are built on this one would run; none can on scratch. */
export function onBuildChecks({ input }: NeedContext): readonly Need[] {
  return input.chain
    .flatMap(({ instructions }) => instructions)
    .filter(({ keyword }) => keyword === "ONBUILD")
    .map((instruction) => ({
      check: {
        kind: "run",
        state: "blocks",
        title: "ONBUILD",
        evidence:
          "ONBUILD speaks to images that are built on this one: they need what scratch does not have.",
        bytes: undefined,
        span: instruction.keywordSpan,
      },
      carried: [],
    }));
}

/** One check for each RUN of the final stage: its effects stay in the build stage, are carried over by another check, or cannot be seen. */
export function runChecks({ input }: NeedContext): readonly Need[] {
  const shipped = input.chain.flatMap(({ instructions }) => instructions);
  const compiling = new Set(
    findCompileSteps(input, shipped).map(({ command }) => command.span.start),
  );
  return shipped
    .filter(({ keyword }) => keyword === "RUN")
    .map((run): Need => {
      const script = input.shellOf(run);
      const unclear =
        script?.isComplete === true
          ? script.commands.find((command) => effectOf(command, compiling) === "unknown")
          : undefined;
      const isClear = script?.isComplete === true && unclear === undefined;
      const what =
        unclear === undefined ? "This RUN" : shorten(textOf(input.dockerfile.text, unclear.span));
      return {
        check: {
          kind: "run",
          state: isClear ? "ok" : "unknown",
          title: "RUN",
          evidence: isClear
            ? "It runs in the build stage; what the container needs of it is carried over."
            : `${what} writes files, and whether the program reads them when it runs cannot be seen.`,
          bytes: undefined,
          span: run.keywordSpan,
        },
        carried: [],
      };
    });
}

function effectOf(command: ShellCommand, compiling: ReadonlySet<number>): Effect {
  if (compiling.has(command.span.start)) return "built";
  const writes = command.redirects.some(({ operator, target }) => {
    const path = target?.text ?? "";
    return />/.test(operator) && path !== "" && !path.startsWith("/dev/") && !/^\d+$/.test(path);
  });
  if (writes) return "unknown";
  // Only an assignment.
  if (command.name === undefined) return command.args.length === 0 ? "built" : "unknown";
  return effects.find(([, names]) => names.test(command.name ?? ""))?.[0] ?? "unknown";
}

function shorten(text: string): string {
  const line = text.replaceAll(/\\?\s+/g, " ");
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
