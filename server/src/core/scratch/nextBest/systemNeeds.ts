import type { BaseVariant } from "../../bases/baseVariants.ts";
import type { NextBest } from "./nextBest.ts";
import type { Hindrance, StagePlan } from "./stagePlan.ts";
import { systemPackagesOf } from "./systemPackages.ts";

/**
 * The plan with the packages of the system that the program may run: said again where the new base has the same package manager and their RUN does nothing
 * else, a hindrance anywhere else. Tools for building stay behind.
 */
export function withSystemPackages(
  context: NextBest,
  { traits, name }: BaseVariant,
  plan: StagePlan,
): StagePlan | Hindrance {
  const { others, forBuilding, repeatable } = systemPackagesOf(context);
  const [first] = others;
  const caveats = [...plan.caveats, ...leftBehind(forBuilding), ...places(context, traits.kind)];
  if (first === undefined) return { ...plan, caveats };
  const line = first.run.startLine + 1;
  const installs = `Line ${line} installs ${first.name}, and whether the program runs it cannot be seen`;
  if (traits.packageManager === "none") {
    return { reason: `${installs}: ${name} has no package manager.` };
  }
  if (others.some(({ manager }) => manager !== traits.packageManager)) {
    return {
      reason: `${installs}: ${name} has ${traits.packageManager}, which names packages otherwise.`,
    };
  }
  const mixed = others.find(({ run }) => !repeatable.includes(run));
  if (mixed !== undefined) {
    const at = mixed.run.startLine + 1;
    return {
      reason: `Line ${at} installs ${mixed.name} and does other things too: give the packages a RUN of their own, so that it can be said again.`,
    };
  }
  return { ...plan, repeated: repeatable, caveats };
}

function leftBehind(names: readonly string[]): readonly string[] {
  const told = [...new Set(names)].filter((name) => !silent.has(name));
  return told.length === 0
    ? []
    : [`${told.slice(0, 6).join(", ")} ${told.length === 1 ? "is" : "are"} not in the new image.`];
}

/** Every base that comes into question has them. */
const silent: ReadonlySet<string> = new Set(["ca-certificates"]);

/** Languages and time zones that a small base does not have. */
function* places(
  { shipped, input }: NextBest,
  kind: BaseVariant["traits"]["kind"],
): Generator<string> {
  const last = shipped.at(-1);
  const environment = last && input.environmentAt(last);
  const locale = environment?.get("LC_ALL") ?? environment?.get("LANG");
  const isPlain = locale === undefined || /^(?:|C|POSIX|C\.utf-?8)$/i.test(locale);
  if (!isPlain)
    yield `The locale ${locale} is not in the new base: texts and sorting fall back to C.`;
  const zone = environment?.get("TZ");
  const isUtc = zone === undefined || /^(?:|UTC|Etc\/UTC|UTC0)$/.test(zone);
  if (!isUtc && kind === "alpine") {
    yield `TZ is ${zone}, and Alpine has no time zone data: what asks the C library for local time gets UTC.`;
  }
}
