import type { BaseVariant } from "../../bases/baseVariants.ts";
import { plainPath } from "../../image/treePaths.ts";
import { programFiles } from "./carriedFiles.ts";
import type { NextBest } from "./nextBest.ts";
import { runtimeOf } from "./runtimes.ts";
import {
  type Hindrance,
  type StageCopy,
  type StagePlan,
  emptyPlan,
  isHindrance,
} from "./stagePlan.ts";
import { runtimeStart, sameStart, startWordsOf } from "./startParts.ts";
import { withSystemPackages } from "./systemNeeds.ts";

/** A Java program on a base that only runs it: the jar that is started, else all of the working directory. */
export function javaPlan(context: NextBest, variant: BaseVariant): StagePlan | Hindrance {
  const runtime = runtimeOf(variant.traits);
  const start =
    runtime === undefined ? sameStart(context) : runtimeStart(context, runtime, variant.name);
  if (isHindrance(start)) return start;
  const jar = startedJar(context);
  if (jar !== undefined && isHindrance(jar)) return jar;
  const files =
    jar === undefined ? programFiles(context) : { copies: [jar.copy], bytes: jar.bytes };
  if (isHindrance(files)) return files;
  const alone =
    jar === undefined
      ? []
      : [
          `Only ${jar.copy.from} is copied: other files that the program reads, and jars that its manifest names, stay behind.`,
        ];
  const musl =
    variant.traits.libc === "musl" && context.traits?.libc !== "musl"
      ? [`${variant.name} has musl: native libraries inside of jars must bring a version for it.`]
      : [];
  const plan: StagePlan = {
    ...emptyPlan,
    baseName: variant.name,
    note: jar === undefined ? undefined : "the jar alone",
    copies: files.copies,
    start,
    caveats: [...alone, ...musl],
    copiedBytes: files.bytes,
  };
  return withSystemPackages(context, variant, plan);
}

/** What `java -jar` names; undefined where the program is started from a class path. */
function startedJar(
  context: NextBest,
): { readonly copy: StageCopy; readonly bytes: number | undefined } | Hindrance | undefined {
  const named = namedJar(context);
  if (named === undefined) return undefined;
  const { directory, paths } = context;
  if (!named.startsWith("/") && directory === undefined) {
    return { reason: "The working directory is not known." };
  }
  const path = plainPath(named.startsWith("/") ? named : `${directory ?? ""}/${named}`);
  const copy = { from: `/${path}`, to: `/${path}`, isDirectory: false, owner: undefined };
  if (paths === undefined) return { copy, bytes: undefined };
  const node = paths.find(path);
  return node === undefined
    ? { reason: `The image has no /${path}.` }
    : { copy, bytes: paths.tree.bytes[node] };
}

function namedJar(context: NextBest): string | undefined {
  const words = startWordsOf(context);
  return isHindrance(words) || !words.includes("-jar")
    ? undefined
    : words[words.indexOf("-jar") + 1];
}
