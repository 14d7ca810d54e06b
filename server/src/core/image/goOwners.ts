import type { ElfSection } from "./elfSections.ts";
import type { ElfSegment } from "./elfSegments.ts";
import type { ElfUse } from "./elfUses.ts";
import type { ElfSource } from "./elfView.ts";
import { readGoModules } from "./goBuildInfo.ts";

/** Whose a package of Go is. */
export type GoOwner = Extract<ElfUse, `go-${string}`>;

/**
 * Says of import paths whose they are: of the main package and the module around it, of Go's own library, or another's. By the modules that the program names; what
 * is in none of them is of Go's library where its path begins as all of that library do. Go, cmd/go § Import path syntax. Where the program does not name its own
 * module nothing is `go-own`, not even the main package: nobody could say what else is.
 */
export function goOwners(
  source: ElfSource,
  segments: readonly ElfSegment[],
  sections: readonly ElfSection[],
): (name: string) => GoOwner {
  const { own, others } = readGoModules(source, segments, sections);
  const modules = new Map<string, GoOwner>(others.map((path) => [path, "go-other"]));
  if (own !== undefined) modules.set(own, "go-own").set("main", "go-own");
  return (name) => ownerIn(modules, name) ?? byFirstName(name);
}

/** The module with the longest path that holds the package. */
function ownerIn(modules: ReadonlyMap<string, GoOwner>, name: string): GoOwner | undefined {
  for (let end = name.length; end > 0; end = name.lastIndexOf("/", end - 1)) {
    const owner = modules.get(name.slice(0, end));
    if (owner !== undefined) return owner;
  }
  return undefined;
}

function byFirstName(name: string): GoOwner {
  const [first = ""] = name.split("/", 1);
  return standard.has(first) ? "go-standard" : "go-other";
}

/** Directories of `src` in Go 1.2 to 1.26, `cmd` left out; `vendor` is where it keeps what it has from others. */
const standard: ReadonlySet<string> = new Set(
  (
    "archive bufio builtin bytes cmp compress container context crypto database debug embed encoding errors expvar flag fmt go hash html image index internal io " +
    "iter log maps math mime net os path plugin reflect regexp runtime slices sort strconv strings structs sync syscall testing text time unicode unique unsafe " +
    "vendor weak"
  ).split(" "),
);
