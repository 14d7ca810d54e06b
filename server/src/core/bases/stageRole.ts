import type { Dockerfile, Stage } from "../dockerfile/syntax.ts";
import type { BaseTraits } from "./baseTraits.ts";

/** What a stage is for. */
export type StageRole = "final" | "build" | "test" | "development";

/**
 * What a stage is for, told from the file alone: the last stage and what it is made from ships; of the others a name may say `test` or `dev`;
 * the rest builds. A build with `--target` may end elsewhere.
 */
export function stageRole({ stages }: Dockerfile, stage: Stage): StageRole {
  if (shippedStages(stages).has(stage.index)) return nameRole(stage.name) ?? "final";
  return nameRole(stage.name) ?? "build";
}

function nameRole(name: string | undefined): "test" | "development" | undefined {
  const words = (name ?? "").split(/[-_.\d]+/);
  if (words.some((word) => /^(tests?|testing|tester|ci|lint|e2e|check)$/.test(word))) return "test";
  return words.some((word) => /^(dev|devel|development|debug)$/.test(word))
    ? "development"
    : undefined;
}

function shippedStages(stages: readonly Stage[]): ReadonlySet<number> {
  const shipped = new Set<number>();
  for (let at = stages.at(-1); at !== undefined && !shipped.has(at.index);) {
    shipped.add(at.index);
    at = at.base.kind === "stage" ? stages[at.base.stage] : undefined;
  }
  return shipped;
}

/** Whether a kind of base is right for what a stage is for. */
export interface KindFit {
  readonly isRight: boolean;
  /** One sentence. */
  readonly advice: string;
}

/** Languages whose programs need nothing of the image that they were compiled in. */
export const compiledLanguages: ReadonlySet<string> = new Set(["GCC", "Go", "Haskell", "Rust"]);

/** Build and development stages may be as large as they like, tests want something small, what ships wants nothing it does not need. */
export function kindFit(
  role: StageRole,
  { kind, runtime }: Pick<BaseTraits, "kind" | "runtime">,
): KindFit {
  switch (role) {
    case "build":
      return {
        isRight: true,
        advice: "A build stage does not ship: its base costs time to pull, not weight.",
      };
    case "development":
      return {
        isRight: true,
        advice: "For development the full image is right: the tools are in it.",
      };
    case "test":
      return {
        isRight: kind !== "full",
        advice: "For tests a small image will do: slim, or Alpine where musl is no trouble.",
      };
    case "final":
      return compiledLanguages.has(runtime ?? "")
        ? { isRight: false, advice: compiledAdvice(runtime ?? "") }
        : {
            isRight: ["scratch", "static", "distroless"].includes(kind),
            advice:
              "This stage ships: distroless carries a runtime without the rest, scratch a static binary without anything.",
          };
  }
}

function compiledAdvice(runtime: string): string {
  return `This stage ships its compiler: build with ${runtime} in a stage of its own, and copy the binary to scratch or a distroless image.`;
}
