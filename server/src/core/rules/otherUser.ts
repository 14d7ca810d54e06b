import type { ShellCommand, ShellScript } from "../dockerfile/shellScript.ts";

/**
 * The words before a command that make another user run it, as written and with a blank behind: `sudo -E `. Empty for the user of the RUN;
 * undefined where they cannot be said again for another command, as around `sudo sh -c "…"`. O(commands).
 */
export function userPrefixOf(
  text: string,
  script: ShellScript,
  command: ShellCommand,
): string | undefined {
  const { span, nameSpan } = command;
  const isInside = script.commands.some(
    (one) =>
      one !== command &&
      one.span.start <= span.start &&
      span.end <= one.span.end &&
      isOtherUsers(one),
  );
  if (isInside) return undefined;
  if (!isOtherUsers(command)) return "";
  const prefix = text.slice(span.start, nameSpan.start);
  return prefix.includes("\n") ? undefined : prefix;
}

/** Whether another user than that of the RUN runs a command. */
export function isOtherUsers({ wrappers }: ShellCommand): boolean {
  return wrappers.some((name) => switching.has(name.slice(name.lastIndexOf("/") + 1)));
}

const switching: ReadonlySet<string> = new Set(["sudo", "doas", "gosu", "su-exec", "setpriv"]);
