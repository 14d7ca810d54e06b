import type { Caveat, SwitchPlan } from "./caveat.ts";

/** .NET's smallest images bring neither ICU nor time zones. dotnet-docker documentation/image-variants.md. */
export function* globalizationCaveats({ from, to, toName }: SwitchPlan): Generator<Caveat> {
  const isSmallest = to.kind === "alpine" || to.kind === "distroless";
  const wasSmallest = from.kind === "alpine" || from.kind === "distroless";
  if (to.runtime !== ".NET" || !isSmallest || wasSmallest) return;
  yield {
    effect: "check",
    message: `${toName} has no ICU and no time zones: set InvariantGlobalization in the project, or take a variant with them.`,
    instruction: undefined,
  };
}
