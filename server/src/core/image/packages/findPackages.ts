import { apkPackages } from "./apk.ts";
import { dpkgPackages } from "./dpkg.ts";
import { gemPackages } from "./gems.ts";
import type { KeptFiles } from "./keptFiles.ts";
import { npmPackages } from "./npm.ts";
import { type FoundPackage, packageKey } from "./package.ts";
import { pythonPackages } from "./python.ts";
import { rpmPackages } from "./rpm.ts";
import { goPackages, javaPackages } from "./singleFiles.ts";
import type { TreePaths } from "../treePaths.ts";

/** All packages that kept contents tell of, in the order in which they claim files. A package found at several places is one package. */
export function findPackages(kept: KeptFiles, paths: TreePaths): readonly FoundPackage[] {
  const packages = [
    ...dpkgPackages(kept),
    ...apkPackages(kept),
    ...rpmPackages(kept, paths),
    ...pythonPackages(kept),
    ...npmPackages(kept),
    ...gemPackages(kept, paths),
    ...javaPackages(paths.tree),
    ...goPackages(kept.goPrograms),
  ];
  const byKey = new Map<string, FoundPackage[]>();
  for (const each of packages) {
    const same = byKey.get(packageKey(each));
    if (same === undefined) byKey.set(packageKey(each), [each]);
    else same.push(each);
  }
  return [...byKey.values()].flatMap(join);
}

function join(same: readonly FoundPackage[]): readonly FoundPackage[] {
  const [first] = same;
  if (first === undefined || same.length === 1) return same;
  const known = same.filter(({ files }) => files !== undefined);
  return [
    {
      ...first,
      files: known.length === 0 ? undefined : known.flatMap(({ files }) => files ?? []),
      directories: same.flatMap(({ directories }) => directories),
      places: same.flatMap(({ places }) => places).sort(),
    },
  ];
}
