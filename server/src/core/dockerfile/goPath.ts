/**
 * The shortest path that means the same, as Go's `path.Clean` writes it: no `.`, no inner `..`, no double or closing slashes; `.` for nothing.
 * Builders clean every pattern and source this way before they look at files.
 */
export function cleanPath(path: string): string {
  const isRooted = path.startsWith("/");
  const kept: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    const isAbove = part === ".." && (kept.length === 0 || kept.at(-1) === "..");
    if (part !== "..") kept.push(part);
    else if (!isAbove) kept.pop();
    else if (!isRooted) kept.push("..");
  }
  const joined = kept.join("/");
  if (isRooted) return `/${joined}`;
  return joined === "" ? "." : joined;
}

/** A path below a root, without leading slash; empty for the root itself. `..` stops at the root, as a chroot would have it. */
export function pathBelowRoot(path: string): string {
  return cleanPath(`/${path}`).slice(1);
}

/** The last name of a clean path; empty for the root. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
