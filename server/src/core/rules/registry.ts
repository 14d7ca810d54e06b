import { apkCacheKept } from "./apkCacheKept.ts";
import { aptArchivesKept } from "./aptArchivesKept.ts";
import { aptListsKept } from "./aptListsKept.ts";
import { aptRecommends } from "./aptRecommends.ts";
import { archiveKept } from "./archiveKept.ts";
import { buildToolsShipped } from "./buildToolsShipped.ts";
import { bunCacheKept } from "./bunCacheKept.ts";
import { cargoRegistryKept } from "./cargoRegistryKept.ts";
import { composerCacheKept } from "./composerCacheKept.ts";
import { copiedTwice } from "./copiedTwice.ts";
import { devDependenciesShipped } from "./devDependenciesShipped.ts";
import { dnfCacheKept } from "./dnfCacheKept.ts";
import { docsShipped } from "./docsShipped.ts";
import { gemCacheKept } from "./gemCacheKept.ts";
import { gemDocsShipped } from "./gemDocsShipped.ts";
import { goCacheKept } from "./goCacheKept.ts";
import { gradleHomeKept } from "./gradleHomeKept.ts";
import { joinableRuns } from "./joinableRuns.ts";
import { localesShipped } from "./localesShipped.ts";
import { manyLayers } from "./manyLayers.ts";
import { mavenRepositoryKept } from "./mavenRepositoryKept.ts";
import { npmCacheKept } from "./npmCacheKept.ts";
import { packageTests } from "./packageTests.ts";
import { pipCacheKept } from "./pipCacheKept.ts";
import { pnpmStoreKept } from "./pnpmStoreKept.ts";
import { pythonBytecode } from "./pythonBytecode.ts";
import { removedLater } from "./removedLater.ts";
import { sameContent } from "./sameContent.ts";
import { scratchCannotRun } from "./scratchCannotRun.ts";
import { secretShipped } from "./secretShipped.ts";
import { sourceMaps } from "./sourceMaps.ts";
import { staticInFatImage } from "./staticInFatImage.ts";
import { staticLibraries } from "./staticLibraries.ts";
import { unstrippedBinaries } from "./unstrippedBinaries.ts";
import { wholeContext } from "./wholeContext.ts";
import { yarnCacheKept } from "./yarnCacheKept.ts";
import { zypperCacheKept } from "./zypperCacheKept.ts";
import type { Rule } from "./rule.ts";

/** All rules, in the order in which they are listed and run. */
export const rules: readonly Rule[] = [
  aptListsKept,
  aptArchivesKept,
  apkCacheKept,
  dnfCacheKept,
  zypperCacheKept,
  pipCacheKept,
  npmCacheKept,
  yarnCacheKept,
  pnpmStoreKept,
  bunCacheKept,
  composerCacheKept,
  gemCacheKept,
  cargoRegistryKept,
  goCacheKept,
  mavenRepositoryKept,
  gradleHomeKept,
  aptRecommends,
  removedLater,
  copiedTwice,
  archiveKept,
  wholeContext,
  buildToolsShipped,
  devDependenciesShipped,
  gemDocsShipped,
  unstrippedBinaries,
  staticLibraries,
  docsShipped,
  localesShipped,
  pythonBytecode,
  sourceMaps,
  packageTests,
  sameContent,
  joinableRuns,
  manyLayers,
  staticInFatImage,
  scratchCannotRun,
  secretShipped,
];
