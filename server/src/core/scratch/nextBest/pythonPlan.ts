import type { BaseVariant } from "../../bases/baseVariants.ts";
import { plainPath } from "../../image/treePaths.ts";
import { programFiles } from "./carriedFiles.ts";
import { addonCaveats } from "./nativeFiles.ts";
import type { NextBest } from "./nextBest.ts";
import { type PythonPackages, pythonPackagesOf } from "./pythonPackages.ts";
import { runtimeOf } from "./runtimes.ts";
import {
  type Hindrance,
  type StageCopy,
  type StagePlan,
  emptyPlan,
  isHindrance,
} from "./stagePlan.ts";
import { runtimeStart, sameStart } from "./startParts.ts";
import { withSystemPackages } from "./systemNeeds.ts";

/** A Python program with its packages in a virtual environment, on a smaller base with the same interpreter. */
export function pythonPlan(context: NextBest, variant: BaseVariant): StagePlan | Hindrance {
  const files = programFiles(context);
  if (isHindrance(files)) return files;
  const packages = pythonPackagesOf(context);
  if (packages !== undefined && isHindrance(packages)) return packages;
  const runtime = runtimeOf(variant.traits);
  const start =
    runtime === undefined ? sameStart(context) : runtimeStart(context, runtime, variant.name);
  if (isHindrance(start)) return start;
  const addons = addonCaveats(context, variant, addonPlaces(context, packages));
  if (isHindrance(addons)) return addons;
  const base: StagePlan = {
    ...emptyPlan,
    baseName: variant.name,
    copies: files.copies,
    start,
    caveats: [...addons, ...newerLibc(context, variant)],
    copiedBytes: files.bytes,
  };
  const plan = packages === undefined ? base : withPackages(context, variant, packages, base);
  return isHindrance(plan) ? plan : withSystemPackages(context, variant, plan);
}

/** The environment as it is for the same interpreter at the same place; only what it holds for Debian's own. */
function withPackages(
  context: NextBest,
  { traits }: BaseVariant,
  { directory, inserted, isInserted, searchPath }: PythonPackages,
  plan: StagePlan,
): StagePlan | Hindrance {
  const isSamePython = traits.shell !== "none";
  const version = minorVersion(context);
  if (!isSamePython && version === undefined) {
    return { reason: "Which version of Python the base has is not known." };
  }
  const packages = `${directory}/lib/python${version ?? ""}/site-packages`;
  const copy: StageCopy = {
    from: isSamePython ? directory : packages,
    to: isSamePython ? directory : `/usr/local/lib/python${version ?? ""}/dist-packages`,
    isDirectory: true,
    owner: undefined,
  };
  const isCopied = isSamePython && `${directory}/`.startsWith(`${context.directory ?? "/"}/`);
  return {
    ...plan,
    note: "its packages from a virtual environment",
    inserted,
    copies: isCopied ? plan.copies : [...plan.copies, copy],
    variables: isInserted && isSamePython ? [searchPath] : [],
    // Some of what is installed now is only part of the base's own Python.
    copiedBytes: undefined,
  };
}

/** `3.11` of the tag. */
function minorVersion({ base }: NextBest): string | undefined {
  return /^\d+\.\d+/.exec(base?.tag ?? "")?.[0];
}

function addonPlaces(context: NextBest, packages: PythonPackages | undefined): readonly string[] {
  const version = minorVersion(context);
  return [
    plainPath(context.directory ?? ""),
    ...(packages === undefined ? [] : [plainPath(packages.directory)]),
    ...(version === undefined ? [] : [`usr/local/lib/python${version}/site-packages`]),
  ];
}

/** What was compiled beside a newer C library may ask for more than an older one has. */
function newerLibc({ system }: NextBest, { name, traits }: BaseVariant): readonly string[] {
  const release = /debian(\d+)$/.exec(name)?.[1];
  if (traits.shell !== "none" || release === undefined || system?.id !== "debian") return [];
  return Number(system.version) > Number(release)
    ? [
        `Today's base is Debian ${system.version}, ${name} is Debian ${release}: packages that were compiled here, not downloaded as wheels, may need a newer C library than it has.`,
      ]
    : [];
}
