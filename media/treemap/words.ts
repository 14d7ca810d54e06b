import type { Treemap, TreemapNode } from "../../server/src/protocol/treemap.ts";
import { nameOfContent } from "./colours.ts";
import type { Place } from "./places.ts";

/** What is known of a place, one fact a line: path, bytes, layer, line, what happened to it. */
export function factsOf(map: Treemap, { node, title }: Place): readonly string[] {
  const { exactText, sizeText, shareText, bytes, wastedBytes, wastedText, hiddenText } = node;
  const size = bytes < 1000 ? exactText : `${sizeText} (${exactText})`;
  const share = shareText === "" ? "" : ` · ${shareText}`;
  const isWhole = wastedBytes === bytes;
  const waste =
    wastedBytes === 0
      ? []
      : [
          hiddenText === undefined
            ? isWhole
              ? "All wasted"
              : `${wastedText} wasted`
            : `Wasted: ${hiddenText}`,
        ];
  const layer = map.layers[node.layer];
  const isMixed = holdsFiles(node);
  return [
    title,
    `${size}${share}`,
    ...waste,
    ...(layer === undefined
      ? []
      : [`${isMixed ? "Most of it from " : ""}${layer.label}`, layer.text]),
    ...(isMixed ? [] : [nameOfContent(node.content)]),
  ];
}

/** What is in a binary is of one layer, as the file is. */
function holdsFiles({ kind, children }: TreemapNode): boolean {
  if (kind === "file" || kind === "section") return false;
  return children !== undefined || kind === "directory" || kind === "rest";
}

/** The same for those who hear it, in one sentence. */
export function spoken(map: Treemap, place: Place): string {
  const { node, title } = place;
  const layer = map.layers[node.layer]?.label.replaceAll(" · ", ", ");
  const { wastedText, hiddenText } = node;
  const isDirectory = node.kind === "directory" ? "Directory " : "";
  return [
    `${isDirectory}${title}`,
    node.sizeText,
    ...(layer === undefined ? [] : [layer]),
    ...(wastedText === undefined ? [] : [hiddenText ?? `${wastedText} wasted`]),
  ].join(", ");
}
