/** How many items, ascending by a number of theirs, have one up to a limit. O(log items). */
export function countUpTo<T>(
  items: readonly T[],
  limit: number,
  numberOf: (item: T) => number,
): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item === undefined || numberOf(item) > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}
