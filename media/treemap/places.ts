import type { Treemap, TreemapNode, TreemapTarget } from "../../server/src/protocol/treemap.ts";

/** A node of the map, and where it is. */
export interface Place {
  readonly node: TreemapNode;
  /** What to ask for to see it alone. */
  readonly target: TreemapTarget;
  /** Path in the image; undefined for all that is no file or directory. */
  readonly path: string | undefined;
  /** What it is called, without what is around it. Safe to show. */
  readonly name: string;
  /** Its path or name, safe to show. */
  readonly title: string;
  readonly parent: Place | undefined;
  /** Empty for what is drawn as a whole. */
  readonly children: readonly Place[];
}

/** A step on the way from the image to what is shown. */
export interface Crumb {
  readonly name: string;
  readonly target: TreemapTarget;
}

/** The places of a map that was asked for by this target. */
export function placesOf(map: Treemap, target: TreemapTarget): Place {
  const path = target.path ?? "";
  const { root } = map;
  if (path !== "" && root.kind !== "image") {
    return place(map, root, { target, path, title: root.label ?? path, parent: undefined });
  }
  const isLayer = root.kind === "directory" && target.layer !== undefined;
  const title = isLayer ? layerNameOf(map, target.layer) : wordsOf(map, root);
  const isAll = root.kind === "waste";
  return place(map, root, { target, path: isAll ? undefined : "", title, parent: undefined });
}

/** The place itself and all below it, from above. */
export function allPlaces(root: Place): readonly Place[] {
  return [root, ...root.children.flatMap(allPlaces)];
}

/** Another text for every place of one map; the same in the next map that shows the place. */
export function placeKey({ node, target, parent }: Place): string {
  const isSection = node.kind === "section";
  const isInside = (isSection || node.kind === "rest") && parent !== undefined;
  const above = isInside ? `${placeKey(parent)}|${isSection ? node.name : ""}` : "";
  return `${above}${entryKey(node.kind, target)}`;
}

/** The same for a file or directory that may not be on the map yet. */
export function entryKey(kind: TreemapNode["kind"], target: TreemapTarget): string {
  const { path = "", layer = "", waste = false } = target;
  return `${kind}|${layer}|${waste ? "waste" : ""}|${path}`;
}

/** Whether it can be asked for by itself. */
export function isZoomable({ node }: Place): boolean {
  switch (node.kind) {
    case "image":
    case "waste":
    case "layer":
    case "directory":
      return true;
    case "file":
      return node.opens === true;
    case "rest":
    case "section":
      return false;
  }
}

/**
 * What zooming in at a place shows: the place itself, if it holds others; else the outermost one around it that is not the whole map. Undefined where
 * there is no way further in.
 */
export function zoomTarget(at: Place, root: Place): TreemapTarget | undefined {
  if (at === root || at.node.kind === "section") return undefined;
  if (at.children.length > 0) return at.target;
  let outermost = at;
  while (outermost.parent !== undefined && outermost.parent !== root) outermost = outermost.parent;
  return isZoomable(outermost) ? outermost.target : undefined;
}

/** The way from the whole image to the target; the last one is the target itself. */
export function crumbsOf(
  target: TreemapTarget,
  reference: string,
  layerName: (layer: number) => string,
): readonly Crumb[] {
  const { uri, layer, waste, path = "" } = target;
  const scope = { uri, ...(layer !== undefined && { layer }), ...(waste === true && { waste }) };
  const names = path.split("/").filter((name) => name !== "");
  return [
    { name: reference, target: { uri } },
    ...(waste === true ? [{ name: "Waste", target: { uri, waste } }] : []),
    ...(layer === undefined ? [] : [{ name: layerName(layer), target: scope }]),
    ...names.map((name, index) => ({
      name: escapeSteering(name),
      target: { ...scope, path: names.slice(0, index + 1).join("/") },
    })),
  ];
}

/** What stands around a target: the crumb before the last; undefined for the whole image. */
export function zoomedOut(target: TreemapTarget): TreemapTarget | undefined {
  return crumbsOf(target, "", () => "").at(-2)?.target;
}

/** Text with every character escaped that would turn other text around or is not to be seen; as the server does it. */
export function escapeSteering(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Bidi_Control}\u2028\u2029\ufeff]/gu, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

type Given = Pick<Place, "target" | "path" | "title" | "parent">;

function place(map: Treemap, node: TreemapNode, given: Given): Place {
  const children: Place[] = [];
  const made: Place = {
    node,
    ...given,
    name: nameOf(map, node, given),
    children,
  };
  for (const child of node.children ?? []) children.push(placeBelow(map, child, made));
  return made;
}

/** What stands around a place says that it is wasted. */
function nameOf(map: Treemap, node: TreemapNode, { parent, title }: Given): string {
  if (parent === undefined) return title;
  return node.kind === "layer" ? layerNameOf(map, node.layer) : wordsOf(map, node);
}

function placeBelow(map: Treemap, node: TreemapNode, parent: Place): Place {
  const words = wordsOf(map, node);
  const { uri } = parent.target;
  switch (node.kind) {
    case "waste":
    case "image":
      return place(map, node, {
        target: { uri, waste: true },
        path: undefined,
        title: words,
        parent,
      });
    case "layer": {
      const target = { uri, waste: true, layer: node.layer };
      return place(map, node, { target, path: "", title: words, parent });
    }
    case "rest":
      return place(map, node, {
        target: parent.target,
        path: undefined,
        title: `${words} in ${parent.title}`,
        parent,
      });
    case "section":
      return place(map, node, {
        target: parent.target,
        path: parent.path,
        title: `${parent.title}: ${words}`,
        parent,
      });
    case "directory":
    case "file": {
      const isTop = parent.path === undefined || parent.path === "";
      const path = isTop ? node.name : `${parent.path}/${node.name}`;
      const title = isTop ? words : `${parent.title}/${words}`;
      return place(map, node, { target: { ...parent.target, path }, path, title, parent });
    }
  }
}

function wordsOf(map: Treemap, { kind, name, label, count = 0, layer }: TreemapNode): string {
  switch (kind) {
    case "image":
      return map.reference;
    case "waste":
      return "Waste";
    case "layer":
      return `Waste of ${layerNameOf(map, layer)}`;
    case "rest":
      return `${count.toLocaleString("en-US")} more`;
    case "directory":
    case "file":
    case "section":
      return label ?? (name === "" ? map.reference : name);
  }
}

/** `Layer 3 · line 7`. */
export function layerNameOf({ layers }: Treemap, layer: number): string {
  return layers[layer]?.label ?? `Layer ${layer + 1}`;
}
