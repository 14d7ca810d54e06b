import { formatSize } from "../text/size.ts";
import { findFix, reportKind, toReport } from "./kindReports.ts";
import type { Rule } from "./rule.ts";

/** Source maps, which no program needs to run. Silent where Node is told to read them. Needs a built image. */
export const sourceMaps: Rule = {
  code: "source-maps",
  title: "Source maps are shipped",
  severity: "information",
  *check(context) {
    if (context.dockerfile.text.includes("enable-source-maps")) return;
    yield* reportKind(context, "source-maps", (found) => {
      const { weight } = found;
      const fixes = findFix(context, found, {
        title: "Delete the source maps in the same RUN",
        paths: weight.places,
        expression: `-type f ${anySourceMap} -exec rm -f {} +`,
      });
      const message = `${formatSize(weight.bytes)} of source maps are in this layer; programs run without them.`;
      return toReport(found, message, fixes);
    });
  },
};

/** The names that `fileKindNames` takes for source maps. */
const anySourceMap = String.raw`\( -name '*.js.map' -o -name '*.[cm]js.map' -o -name '*.ts.map' -o -name '*.[cm]ts.map' -o -name '*.css.map' \)`;
