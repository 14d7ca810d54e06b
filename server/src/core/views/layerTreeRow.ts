import type { Digest } from "../image/digest.ts";
import { shortDigest } from "../image/digest.ts";
import { formatSize } from "../text/size.ts";
import type { Forest } from "./layerTreeGrove.ts";

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
    | "special"
    | "removed"
    | "package"
    | "contentKind"
    | "goneGroup"
    | "gone"
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
  /** Of directories, files, links and waste: path in the image, no `/` in front; as the image has it. */
  readonly path?: string;
  /** Of layers and what is in them: index of the layer, base first. */
  readonly layer?: number;
  /** What the row weighs as far as it is shown; absent where that is not known, and where it has no weight. */
  readonly bytes?: number;
  /** Of `more`: how many rows come after those that are shown. */
  readonly restCount?: number;
  /** What the entry does to what was there before. */
  readonly mark?: "added" | "changed" | "rewritten" | "metadata" | "removed";
}

/** What a row stands for. With `after` it is a `more` row: what comes after that node, package or waste row. */
export type RowTarget =
  | { readonly kind: "image" }
  /** A file or directory of a forest; node 0 is the forest itself. */
  | {
      readonly kind: "node";
      readonly forest: Forest;
      readonly node: number;
      readonly after: number | undefined;
    }
  /** The packages that come after one. */
  | { readonly kind: "packages"; readonly after: number }
  | { readonly kind: "waste"; readonly after: number | undefined }
  /** Row of the waste table. */
  | { readonly kind: "wasteRow"; readonly row: number };

/** The id of a row: the image's short id, then what it stands for. */
export function rowId(imageId: Digest, target: RowTarget): string {
  const image = shortDigest(imageId);
  switch (target.kind) {
    case "image":
      return image;
    case "node": {
      const { kind, index } = target.forest;
      return `${image}/${kind}/${index}/${target.node}${afterText(target.after)}`;
    }
    case "packages":
      return `${image}/packages${afterText(target.after)}`;
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
  const node = /^(layer|final|package|content|gone)\/(\d{1,9})\/(\d{1,9})(?:\+(\d{1,9}))?$/.exec(
    rest,
  );
  if (node !== null) {
    return {
      kind: "node",
      forest: { kind: node[1] as Forest["kind"], index: Number(node[2]) },
      node: Number(node[3]),
      after: numberOrNothing(node[4]),
    };
  }
  const packages = /^packages\+(\d{1,9})$/.exec(rest);
  if (packages !== null) return { kind: "packages", after: Number(packages[1]) };
  const waste = /^waste(?:\+(\d{1,9}))?$/.exec(rest);
  if (waste !== null) return { kind: "waste", after: numberOrNothing(waste[1]) };
  const row = /^wasted\/(\d{1,9})$/.exec(rest);
  return row === null ? undefined : { kind: "wasteRow", row: Number(row[1]) };
}

function numberOrNothing(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

/** The row below which the next page stands; none when nothing is left. */
export function moreRow(
  imageId: Digest,
  target: RowTarget,
  restCount: number,
): readonly LayerTreeRow[] {
  if (restCount === 0) return [];
  const label = `${String(restCount).replaceAll(/\B(?=(\d{3})+(?!\d))/g, ",")} more`;
  return [
    {
      id: rowId(imageId, target),
      kind: "more",
      label,
      accessibilityLabel: `${label}.`,
      icon: "ellipsis",
      hasChildren: true,
      restCount,
    },
  ];
}

/** `1 MB of 40 MB`; `40 MB` where it is all, or nearly so. */
export function partOfWhole(bytes: number, wholeBytes: number): string {
  const [part, whole] = [formatSize(bytes), formatSize(wholeBytes)];
  return part === whole ? part : `${part} of ${whole}`;
}
