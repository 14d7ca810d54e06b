import { formatSize } from "../text/size.ts";
import { findFix, reportKind, toReport } from "./kindReports.ts";
import type { Rule } from "./rule.ts";

/** Bytecode that Python makes itself when it is missing: smaller against a slower start. Needs a built image. */
export const pythonBytecode: Rule = {
  code: "python-bytecode",
  title: "Python bytecode is shipped beside its source",
  severity: "hint",
  *check(context) {
    yield* reportKind(context, "bytecode", (found) => {
      const { weight } = found;
      const fixes = findFix(context, found, {
        title: "Delete the bytecode in the same RUN",
        paths: weight.places,
        expression: "-type f -name '*.pyc' -exec rm -f {} +",
      });
      const message = `${formatSize(weight.bytes)} of Python bytecode are in this layer. Python makes it anew when it is missing, at the price of a slower start.`;
      return toReport(found, message, fixes);
    });
  },
};
