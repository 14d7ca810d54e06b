/** The name that at most two changed letters, or a missing end, make of a text; undefined when none is near. Case does not matter. */
export function nearestName(text: string, names: readonly string[]): string | undefined {
  const lower = text.toLowerCase();
  if (lower.length > 64) return undefined;
  const isStart = (name: string): boolean => lower.length > 2 && name.startsWith(lower);
  const near = names
    .filter((name) => Math.abs(name.length - lower.length) <= 2 || isStart(name))
    .map((name) => ({ name, distance: editDistance(lower, name) }))
    .filter(({ name, distance }) => distance <= 2 || isStart(name))
    .sort((a, b) => a.distance - b.distance);
  return near[0]?.name;
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(change, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
