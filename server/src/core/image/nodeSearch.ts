/** The first place whose node is not below the one given, among nodes that ascend; their number when there is none. O(log nodes). */
export function firstFrom(nodes: ArrayLike<number>, node: number): number {
  let low = 0;
  let high = nodes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((nodes[middle] ?? 0) < node) low = middle + 1;
    else high = middle;
  }
  return low;
}
