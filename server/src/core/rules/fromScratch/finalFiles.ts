import type { ReadImage } from "../../image/image.ts";
import { linkPath } from "../../image/linkPath.ts";
import { type TreePaths, pathsOf, plainPath } from "../../image/treePaths.ts";
import type { RuleContext } from "../context.ts";
import { isAtOrBelow } from "../layers/imagePath.ts";
import { type Scope, pathOf, scopesOf } from "../layers/scope.ts";

/** The files of a `FROM scratch` image, as far as they are known. */
export interface FinalFiles {
  /** Set where the image is read and no line of the final stages changed since: then all is known. */
  readonly image: { readonly read: ReadImage; readonly paths: TreePaths } | undefined;
  /** Whether a path cannot be there, links followed; on text alone only where no line can have brought it. */
  readonly isMissing: (path: string) => boolean;
}

/** What is known of the files before an instruction, or of all when it is left out. */
export function finalFilesOf(context: RuleContext, before: number = Infinity): FinalFiles {
  const read = isUnchanged(context) ? context.read : undefined;
  if (read !== undefined) {
    const paths = context.memory.recall(read, "final paths", () => pathsOf(read.finalTree));
    return {
      image: { read, paths },
      isMissing: (path) => linkPath(paths, plainPath(path)).length === 0,
    };
  }
  const targets = targetsOf(context, before);
  return {
    image: undefined,
    isMissing: (path) =>
      targets.every((target) => target !== undefined && !isAtOrBelow(plainPath(path), target)),
  };
}

function isUnchanged(context: RuleContext): boolean {
  return context.shipped.every(
    (instruction) =>
      instruction.keyword === "FROM" || context.measuredLayers(instruction) !== undefined,
  );
}

/** Where lines put files, whatever stands there then; undefined for one that may put them anywhere. */
function targetsOf(context: RuleContext, before: number): readonly (string | undefined)[] {
  const scopes = scopesOf(context);
  return context.shipped.flatMap((instruction, at): readonly (string | undefined)[] => {
    if (instruction.index >= before) return [];
    if (instruction.keyword === "RUN") return [undefined];
    if (instruction.keyword !== "COPY" && instruction.keyword !== "ADD") return [];
    const scope = scopes[at];
    const written = instruction.words.at(-1)?.text;
    return [targetIn(scope, written)];
  });
}

function targetIn(scope: Scope | undefined, written: string | undefined): string | undefined {
  if (scope === undefined || written === undefined) return undefined;
  const target = pathOf(written, scope);
  // A variable that is not known stays as written.
  return target?.includes("$") === true ? undefined : target;
}
