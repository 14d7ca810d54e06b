import type { Treemap } from "../../server/src/protocol.ts";
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
  const isMixed = node.children !== undefined || node.kind === "directory" || node.kind === "rest";
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
