/** Whether what stands before a script is `|1 A=b`, which stands alone before an exec form. */
export function isBuildArgs(prefix: string): boolean {
  return /^\|\d+( \w+=.*)?$/.test(prefix);
}

/** Whether what stands before a script is that shell, maybe after build arguments. */
export function isLaunchedBy(prefix: string, shell: string): boolean {
  return prefix === shell || (prefix.startsWith("|") && prefix.endsWith(` ${shell}`));
}

/** Whether what stands before a script is a shell, maybe after build arguments: `|1 A=b /bin/bash -o pipefail -c`. */
export function isShell(prefix: string): boolean {
  const words = prefix.split(" ");
  let at = words.length - 1;
  if (!/^([-/]\w*c|-command)$/i.test(words[at] ?? "")) return false;
  while (at > 0 && isShellOption(words, at)) at -= 1;
  const isFirst = at === 0 || /^\|\d+$/.test(words[0] ?? "");
  return isFirst && /(sh|cmd|powershell)(\.exe)?$/i.test(words[at] ?? "");
}

function isShellOption(words: readonly string[], at: number): boolean {
  const word = words[at] ?? "";
  return word.startsWith("-") || /^\/[A-Z]$/i.test(word) || /^-\w*o$/.test(words[at - 1] ?? "");
}

/** Whether what stands before a script may be the shell of some base image, whatever its words: `/bin/busybox env sh -c`. */
export function isShellLike(prefix: string): boolean {
  return takesScript.test(prefix.split(" ").at(-1) ?? "") && isBareCall(prefix);
}

/** Whether what stands before the mark of a row without a RUN is a shell alone, with no script of its own: such rows name no build arguments either. */
export function isBeforeNop(prefix: string): boolean {
  if (prefix !== "" && !/\s$/.test(prefix)) return false;
  // PowerShell is set up by a script of its own in many a SHELL.
  return !prefix.startsWith("|") && (/^\S*(powershell|pwsh)/i.test(prefix) || isBareCall(prefix));
}

/** The option behind which a script follows: `-c`, `-ec`, `/C`. */
const takesScript = /^[-/]\w*c$/i;

/** Whether no word stands behind the option that takes the script, other options aside. */
function isBareCall(prefix: string): boolean {
  const words = prefix.trim().split(/\s+/);
  const option = words.findIndex((word, at) => at > 0 && takesScript.test(word));
  return option === -1 || words.every((_, at) => at <= option || isShellOption(words, at));
}

/** The script of a RUN row without what the builder put before it, for comparing words. */
export function scriptIn(text: string, shell: string | undefined): string {
  if (shell !== undefined && text.startsWith(`${shell} `)) return text.slice(shell.length + 1);
  return text.replace(/^(\|\d+ .*?)?\S*(sh|cmd|powershell)(\.exe)?( -\S+| \/\w| pipefail)* /i, "");
}
