import type { Digest } from "../image/digest.ts";
import { shortDigest } from "../image/digest.ts";

/** Rows made at a time; the next ones are below a `more` row. */
export const pageRows = 200;

/** One row of the layer tree; the shape that the protocol sends. */
export interface LayerTreeRow {
  /** Stable as long as the image is the same; opaque to the client. */
  readonly id: string;
  readonly kind:
    | "image"
    | "layer"
    | "directory"
    | "file"
    | "wasteGroup"
    | "waste"
    | "more"
    | "note";
  readonly label: string;
  /** Right of the label: `16.4 kB · line 7`. */
  readonly description?: string;
  /** Plain text. */
  readonly tooltip?: string;
  /** What a screen reader says. */
  readonly accessibilityLabel: string;
  /** Codicon name. */
  readonly icon: string;
  readonly hasChildren: boolean;
  /** Zero-based line of the Dockerfile that this row goes to on click. */
  readonly line?: number;
}

/** What a row stands for. With `after` it is a `more` row: what comes after that node or waste row. */
export type RowTarget =
  | { readonly kind: "image" }
  /** A file or directory of one layer; node 0 is the layer itself. */
  | {
      readonly kind: "node";
      readonly layer: number;
      readonly node: number;
      readonly after: number | undefined;
    }
  | { readonly kind: "waste"; readonly after: number | undefined }
  /** Row of the waste table. */
  | { readonly kind: "wasteRow"; readonly row: number };

/** The id of a row: the image's short id, then what it stands for. */
export function rowId(imageId: Digest, target: RowTarget): string {
  const image = shortDigest(imageId);
  switch (target.kind) {
    case "image":
      return image;
    case "node":
      return `${image}/layer/${target.layer}/${target.node}${afterText(target.after)}`;
    case "waste":
      return `${image}/waste${afterText(target.after)}`;
    case "wasteRow":
      return `${image}/wasted/${target.row}`;
  }
}

function afterText(after: number | undefined): string {
  return after === undefined ? "" : `+${after}`;
}

/** What an id stands for; undefined for ids of another image and for anything that `rowId` does not make. */
export function parseRowId(id: string, imageId: Digest): RowTarget | undefined {
  const image = shortDigest(imageId);
  if (id === image) return { kind: "image" };
  if (!id.startsWith(`${image}/`)) return undefined;
  const rest = id.slice(image.length + 1);
  const node = /^layer\/(\d{1,9})\/(\d{1,9})(?:\+(\d{1,9}))?$/.exec(rest);
  if (node !== null) {
    return {
      kind: "node",
      layer: Number(node[1]),
      node: Number(node[2]),
      after: numberOrNothing(node[3]),
    };
  }
  const waste = /^waste(?:\+(\d{1,9}))?$/.exec(rest);
  if (waste !== null) return { kind: "waste", after: numberOrNothing(waste[1]) };
  const row = /^wasted\/(\d{1,9})$/.exec(rest);
  return row === null ? undefined : { kind: "wasteRow", row: Number(row[1]) };
}

function numberOrNothing(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

/** The row below which the next page stands. */
export function moreRow(imageId: Digest, target: RowTarget, restCount: number): LayerTreeRow {
  const label = `${String(restCount).replaceAll(/\B(?=(\d{3})+(?!\d))/g, ",")} more`;
  return {
    id: rowId(imageId, target),
    kind: "more",
    label,
    accessibilityLabel: `${label}, lighter ones.`,
    icon: "ellipsis",
    hasChildren: true,
  };
}
