import type { Analysis } from "../analysis.ts";
import { shortDigest } from "../image/digest.ts";
import type { Image, ReadImage } from "../image/image.ts";
import type { Piecework } from "../image/piecework.ts";
import { formatExactBytes, formatSize } from "../text/size.ts";
import { type ContentKind, contentKinds } from "./contentKind.ts";
import { textOfLayer } from "./layerTreeLayers.ts";
import { lineNumberOfLayer } from "./layerLines.ts";
import { escapeSteering, fitEnd } from "./reportCells.ts";
import { finalFrom, formatShare, writerOf } from "./totals.ts";
import { treemapInSteps, type TreemapScope } from "./treemap.ts";
import type { TreemapMemory } from "./treemapMemory.ts";
import type { TreemapNode } from "./treemapNode.ts";
import { hiddenHow } from "./wasteGroups.ts";

/** What a map is asked of; the shape of the protocol's `TreemapTarget`. */
export interface TreemapPlace {
  /** Absent: the final file system with all waste beside it. */
  readonly layer?: number;
  /** No `/` in front; absent: the root. */
  readonly path?: string;
  /** Only what the final file system does not show. */
  readonly waste?: boolean;
}

/** One rectangle with its texts; the shape that the protocol sends. Absent fields mean nothing to say. */
export interface TreemapArea {
  readonly name: string;
  /** The name with characters escaped that would turn text around; absent where it is the same. */
  readonly label?: string;
  readonly kind: TreemapNode["kind"];
  readonly bytes: number;
  readonly sizeText: string;
  readonly exactText: string;
  /** Share of the whole map: `45%`. */
  readonly shareText: string;
  readonly wastedBytes: number;
  readonly wastedText?: string;
  readonly layer: number;
  readonly content: ContentKind;
  readonly count?: number;
  /** Of wasted files: `deleted by line 9`. */
  readonly hiddenText?: string;
  readonly children?: readonly TreemapArea[];
}

/** Who wrote a layer, for legends and tooltips. */
export interface TreemapLayer {
  readonly index: number;
  /** `Layer 3 · line 7`, `Layer 1 · base`. */
  readonly label: string;
  /** The instruction, one line, safe to show. */
  readonly text: string;
  /** Zero-based, of its FROM for a layer of the base; absent where no line can be named. */
  readonly line?: number;
}

/** A map that can be drawn without asking back. */
export interface TreemapSheet {
  /** Reference of the image, safe to show. */
  readonly reference: string;
  readonly imageId: string;
  readonly root: TreemapArea;
  /** All layers of the image, base first. */
  readonly layers: readonly TreemapLayer[];
  /** Kinds of content in the order of legends. */
  readonly contents: readonly ContentKind[];
}

/** The map of a place in an image; undefined while its files are not read and where there is no such place. In steps of few milliseconds. */
export function* treemapSheetInSteps(
  memory: TreemapMemory,
  analysis: Analysis,
  place: TreemapPlace,
  limit: number,
): Piecework<TreemapSheet | undefined> {
  const { image } = analysis;
  if (image?.state !== "read") return undefined;
  const { read } = image;
  const question = { scope: scopeOf(place), path: place.path ?? "", limit };
  const root = yield* treemapInSteps(memory, read, question);
  if (root === undefined) return undefined;
  return {
    reference: fitEnd(escapeSteering(read.description.reference), 120),
    imageId: shortDigest(read.description.imageId),
    root: yield* toArea(analysis, root, root.bytes),
    layers: layersOf(analysis, read),
    contents: contentKinds,
  };
}

/** What a line (zero-based) leads to: the whole image from a FROM, else its heaviest layer; undefined where there is nothing to draw. */
export function treemapPlaceOf(
  { image, dockerfile, attribution }: Analysis,
  line: number,
): TreemapPlace | undefined {
  const instruction = dockerfile.instructions.find(
    ({ startLine, endLine }) => startLine <= line && line <= endLine,
  );
  if (image?.state !== "read" || instruction === undefined) return undefined;
  if (instruction.keyword === "FROM") return {};
  const bytesOf = (layer: number): number => image.read.layers[layer]?.contentBytes ?? 0;
  const layers = attribution?.instructions[instruction.index]?.layers ?? [];
  const [layer] = layers.toSorted((a, b) => bytesOf(b) - bytesOf(a));
  return layer === undefined || bytesOf(layer) === 0 ? undefined : { layer };
}

/** Which tree a place is in. */
export function scopeOf({ layer, waste }: TreemapPlace): TreemapScope {
  if (waste === true) return { kind: "waste", layer };
  return layer === undefined ? { kind: "image" } : { kind: "layer", layer };
}

function* toArea(
  analysis: Analysis,
  node: TreemapNode,
  wholeBytes: number,
): Piecework<TreemapArea> {
  const { name, kind, bytes, wastedBytes, layer, content, count, hidden, children } = node;
  const label = escapeSteering(name);
  const areas: TreemapArea[] = [];
  for (const child of children ?? []) areas.push(yield* toArea(analysis, child, wholeBytes));
  if (areas.length > 0) yield;
  return {
    name,
    ...(label === name ? {} : { label }),
    kind,
    bytes,
    sizeText: formatSize(bytes),
    exactText: formatExactBytes(bytes),
    shareText: formatShare(bytes, wholeBytes) ?? "",
    wastedBytes,
    ...(wastedBytes === 0 ? {} : { wastedText: formatSize(wastedBytes) }),
    layer,
    content,
    ...(count === 0 ? {} : { count }),
    ...(hidden === undefined
      ? {}
      : { hiddenText: hiddenHow(hidden.kind, writerOf(analysis, hidden.by)) }),
    ...(children === undefined ? {} : { children: areas }),
  };
}

function layersOf(analysis: Analysis, read: ReadImage): readonly TreemapLayer[] {
  const image: Image = { state: "read", description: read.description, read };
  return read.layers.map(({ index }) => {
    const lineNumber = lineNumberOfLayer(analysis, index);
    const isBase = analysis.attribution?.layers[index]?.origin === "base";
    const writer = isBase ? " · base" : lineNumber === undefined ? "" : ` · line ${lineNumber}`;
    const line = lineNumber === undefined && isBase ? lineOfBase(analysis, index) : lineNumber;
    return {
      index,
      label: `Layer ${index + 1}${writer}`,
      text: fitEnd(textOfLayer(analysis, image, index), 120),
      ...(line === undefined ? {} : { line: line - 1 }),
    };
  });
}

/** Layers of a base come in with its FROM. */
function lineOfBase(analysis: Analysis, layer: number): number | undefined {
  const { dockerfile, attribution } = analysis;
  const bringing = dockerfile.instructions.find(
    ({ keyword, index }) =>
      keyword === "FROM" && attribution?.instructions[index]?.layers.includes(layer) === true,
  );
  const from = bringing ?? finalFrom(analysis);
  return from === undefined ? undefined : from.startLine + 1;
}
