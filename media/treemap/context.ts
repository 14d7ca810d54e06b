import type { Place } from "./places.ts";

/** What the commands of the context menu get: where in which image. The other half is in the client's treemap menu. */
export function contextOf({ node, path, target }: Place): string | undefined {
  const isEntry = (node.kind === "file" || node.kind === "directory") && path !== undefined;
  if (!isEntry || path === "") return undefined;
  return JSON.stringify({
    webviewSection: node.kind,
    preventDefaultContextMenuItems: true,
    uri: target.uri,
    path,
    layer: target.layer ?? node.layer,
    isFinal: target.layer === undefined,
  });
}
