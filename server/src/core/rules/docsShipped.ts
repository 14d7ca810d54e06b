import { formatSize } from "../text/size.ts";
import { findFix, reportKind, toReport } from "./kindReports.ts";
import type { Rule } from "./rule.ts";

/** Manuals and package documentation. Copyright files are left in peace: licences ask for them. Needs a built image. */
export const docsShipped: Rule = {
  code: "docs-shipped",
  title: "Manuals and documentation are shipped",
  severity: "information",
  *check(context) {
    yield* reportKind(context, "docs", (found) => {
      const { weight } = found;
      const fixes = findFix(context, found, {
        title: "Delete the documentation in the same RUN",
        paths: weight.directories,
        expression: "-type f ! -name 'copyright*' -exec rm -f {} +",
      });
      const message = `${formatSize(weight.bytes)} of manuals and package documentation are in this layer.`;
      return toReport(found, message, fixes);
    });
  },
};
