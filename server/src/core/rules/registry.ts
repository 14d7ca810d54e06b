import { buildToolsShipped } from "./buildToolsShipped.ts";
import { docsShipped } from "./docsShipped.ts";
import { localesShipped } from "./localesShipped.ts";
import { packageTests } from "./packageTests.ts";
import { pythonBytecode } from "./pythonBytecode.ts";
import { sourceMaps } from "./sourceMaps.ts";
import { staticLibraries } from "./staticLibraries.ts";
import { unstrippedBinaries } from "./unstrippedBinaries.ts";
import type { Rule } from "./rule.ts";

/** All rules, in the order in which they are listed and run. */
export const rules: readonly Rule[] = [
  buildToolsShipped,
  docsShipped,
  localesShipped,
  packageTests,
  pythonBytecode,
  sourceMaps,
  staticLibraries,
  unstrippedBinaries,
];
