import { formatSize } from "../text/size.ts";
import { appendedFix, toShellPaths } from "./appendedFix.ts";
import { reportKind, toReport } from "./kindReports.ts";
import type { Rule } from "./rule.ts";

/** Tests that packages of Python and Node brought along. A package may read its own tests, so no fix is safe. Needs a built image. */
export const packageTests: Rule = {
  code: "package-tests",
  title: "Tests of packages are shipped",
  severity: "information",
  *check(context) {
    yield* reportKind(context, "package-tests", (found) => {
      const { weight, instruction, saving } = found;
      const command = removalOf(weight.directories);
      const title = "Delete the tests of packages in the same RUN";
      const fixes =
        command === undefined ? [] : appendedFix(context, instruction, { title, command, saving });
      const message = `${formatSize(weight.bytes)} of tests that packages brought along are in this layer.`;
      return toReport(found, message, fixes);
    });
  },
};

/** Few folders one by one; many by a search where Python keeps packages, which finds exactly them. Undefined where neither can be written. */
function removalOf(directories: readonly string[]): string | undefined {
  const isFew = directories.length <= mostListed;
  const searched = isFew ? [] : directories.filter((path) => packageRoot.test(path));
  const listed = directories.filter((path) => !searched.includes(path));
  if (listed.length > mostListed) return undefined;
  const roots = new Set(searched.map((path) => packageRoot.exec(path)?.[0] ?? path));
  const commands = [
    commandOn([...roots], findTests),
    commandOn(listed, (paths) => `rm -rf ${paths}`),
  ].filter((command) => command !== "");
  return commands.includes(undefined) ? undefined : commands.join(" && ");
}

const mostListed = 8;
const packageRoot = /^.*?\/(?:site|dist)-packages(?=\/)/;

function findTests(paths: string): string {
  return String.raw`find ${paths} -mindepth 2 -type d \( -name test -o -name tests \) -prune -exec rm -rf {} +`;
}

/** Empty without paths, undefined for paths that a command cannot hold as they are. */
function commandOn(
  paths: readonly string[],
  commandOf: (written: string) => string,
): string | undefined {
  if (paths.length === 0) return "";
  const written = toShellPaths(paths);
  return written === undefined ? undefined : commandOf(written);
}
