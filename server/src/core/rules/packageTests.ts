import { formatSize } from "../text/size.ts";
import { findFix, findKind, toReport } from "./kindReports.ts";
import type { Rule } from "./rule.ts";

/** Tests that packages of Python and Node brought along. A package may read its own tests, so no fix is safe. Needs a built image. */
export const packageTests: Rule = {
  code: "package-tests",
  title: "Tests of packages are shipped",
  severity: "information",
  *check(context) {
    for (const found of findKind(context, "package-tests")) {
      const { weight } = found;
      const fixes = findFix(context, found, {
        title: "Delete the tests of packages in the same RUN",
        paths: pythonRoots(weight.directories),
        expression: String.raw`-mindepth 2 -type d \( -name test -o -name tests \) -prune -exec rm -rf {} +`,
      });
      const message = `${formatSize(weight.bytes)} of tests that packages brought along are in this layer.`;
      yield toReport(found, message, fixes);
    }
  },
};

/** Where Python keeps packages, when all the tests are in such folders: a search there finds exactly them. Empty otherwise. */
function pythonRoots(directories: readonly string[]): readonly string[] {
  const roots = directories.map((path) => /^.*?\/(?:site|dist)-packages(?=\/)/.exec(path)?.[0]);
  const isAllPython = roots.every((root) => root !== undefined);
  return isAllPython ? [...new Set(roots.filter((root) => root !== undefined))] : [];
}
