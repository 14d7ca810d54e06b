/** Ends and weights of all subtrees from a preorder list of parents. The parent of node 0 is itself. */
export function fillSubtrees(
  parent: Int32Array,
  bytes: Float64Array,
): { readonly subtreeEnd: Int32Array; readonly subtreeBytes: Float64Array } {
  const nodeCount = parent.length;
  const subtreeEnd = new Int32Array(nodeCount);
  const subtreeBytes = bytes.slice();
  for (let node = nodeCount - 1; node >= 0; node -= 1) {
    const end = Math.max(subtreeEnd[node] ?? 0, node + 1);
    subtreeEnd[node] = end;
    if (node === 0) break;
    const above = parent[node] ?? 0;
    subtreeEnd[above] = Math.max(subtreeEnd[above] ?? 0, end);
    subtreeBytes[above] = (subtreeBytes[above] ?? 0) + (subtreeBytes[node] ?? 0);
  }
  return { subtreeEnd, subtreeBytes };
}
