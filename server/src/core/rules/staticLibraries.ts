import { formatSize } from "../text/size.ts";
import { buildToolsOf } from "./buildTools.ts";
import { findFix, reportKind, toReport } from "./kindReports.ts";
import type { Rule } from "./rule.ts";

/** Static libraries, which only linkers read. Silent on lines that bring compilers: there `build-tools-shipped` speaks. Needs a built image. */
export const staticLibraries: Rule = {
  code: "static-libraries",
  title: "Static libraries are shipped",
  severity: "information",
  *check(context) {
    yield* reportKind(context, "static-libraries", (found) => {
      const { instruction, weight } = found;
      if (buildToolsOf(context, instruction).length > 0) return undefined;
      const fixes = findFix(context, found, {
        title: "Delete the static libraries in the same RUN",
        paths: weight.places,
        expression: "-type f -name 'lib*.a' -exec rm -f {} +",
      });
      const message = `${formatSize(weight.bytes)} of static libraries are in this layer; only a linker reads them.`;
      return toReport(found, message, fixes);
    });
  },
};
