import type { ReadImage, ImageDescription } from "../image/image.ts";
import { formatPlatform, type Platform } from "../image/imageConfig.ts";
import { suitsPlatform } from "../image/manifest.ts";

/**
 * What a figure counts; the two are never compared with each other. `content`: sum of the sizes of the files in all layers, what
 * `docker images` prints on a graph-driver engine. `transfer`: the compressed blobs that a registry sends.
 */
export type SizeMeasure = "content" | "transfer";

/** Where a figure was found, best first. */
export type SizeSource =
  /** Nothing is in it: `scratch`. */
  | { readonly kind: "scratch" }
  /**
   * The image that an engine holds, as it is now. `layers`: counted in the layers themselves. `history`: as the engine's history prints it,
   * which adds the length of each symbolic link's target in layers that the engine built (moby pkg/directory); shown until the layers are read.
   */
  | { readonly kind: "engine"; readonly countedIn: "layers" | "history" }
  /** What the registry said when it was asked. */
  | { readonly kind: "registry"; readonly askedMs: number }
  /** The table that comes with Tare: what the tag weighed on that day, which may be other than today. */
  | {
      readonly kind: "table";
      /** `2026-09-17`. */
      readonly date: string;
      /** `base-layer`: the figure is of an image whose lowest layer was made on that day; it was recorded then or later. */
      readonly dateIs: "recorded" | "base-layer";
      /** Where it was recorded. */
      readonly recordedIn: string;
    };

/** One figure of one image for one platform. */
export interface BaseSize {
  readonly measure: SizeMeasure;
  readonly bytes: number;
  /** The source rounded to a multiple of this; 1 for exact bytes. */
  readonly roundedToBytes: number;
  /** `linux/arm64`; undefined where the source does not state it. */
  readonly platform: string | undefined;
  readonly source: SizeSource;
}

/** The best figure of either measure; undefined is unknown, never 0. */
export interface BaseSizes {
  readonly content: BaseSize | undefined;
  readonly transfer: BaseSize | undefined;
}

/** Nothing is known. */
export const noSizes: BaseSizes = { content: undefined, transfer: undefined };

/** Of an empty image, whatever the platform. */
export const scratchSizes: BaseSizes = {
  content: scratchSize("content"),
  transfer: scratchSize("transfer"),
};

function scratchSize(measure: SizeMeasure): BaseSize {
  return {
    measure,
    bytes: 0,
    roundedToBytes: 1,
    platform: undefined,
    source: { kind: "scratch" },
  };
}

/** The better-founded figure of either measure, earlier arguments first. */
export function bestSizes(...all: readonly BaseSizes[]): BaseSizes {
  return {
    content: all.find(({ content }) => content !== undefined)?.content,
    transfer: all.find(({ transfer }) => transfer !== undefined)?.transfer,
  };
}

/**
 * Figures of an image that an engine or an archive holds. Content bytes are known at once where the engine's history prints them, and exactly,
 * everywhere, when the layers were read (`read`); transfer bytes where the store keeps compressed blobs.
 */
export function localSizes(description: ImageDescription, read?: ReadImage): BaseSizes {
  const { historyBytes, layers, config } = description;
  const toSize = (
    measure: SizeMeasure,
    bytes: number | undefined,
    countedIn: "layers" | "history",
  ): BaseSize | undefined =>
    bytes === undefined
      ? undefined
      : {
          measure,
          bytes,
          roundedToBytes: 1,
          platform: formatPlatform(config.platform),
          source: { kind: "engine", countedIn },
        };
  const transferBytes = sumOf(layers.map((layer) => layer.transferBytes));
  return {
    content:
      toSize("content", read?.layerContentBytes, "layers") ??
      toSize("content", sumOf(historyBytes ?? [undefined]), "history"),
    transfer: toSize("transfer", transferBytes, "layers"),
  };
}

/** What a registry said of an image for one platform. */
export interface RegistryFacts {
  /** Sum over its layers; undefined where the manifest leaves a blob's length out. */
  readonly transferBytes: number | undefined;
  readonly platform: Platform;
  /** Milliseconds since 1970. */
  readonly askedMs: number;
}

/** The exact transfer bytes that a registry states; content bytes are not in a manifest. */
export function registrySizes({ transferBytes, platform, askedMs }: RegistryFacts): BaseSizes {
  if (transferBytes === undefined) return noSizes;
  return {
    content: undefined,
    transfer: {
      measure: "transfer",
      bytes: transferBytes,
      roundedToBytes: 1,
      platform: formatPlatform(platform),
      source: { kind: "registry", askedMs },
    },
  };
}

/** Whether an image for `own` is one for the wished platform; `linux/arm64` and `linux/arm64/v8` are the same. containerd platforms, normalisation. */
export function isForPlatform(own: Platform, wished: Platform): boolean {
  return suitsPlatform(normalised(own), normalised(wished));
}

function normalised(platform: Platform): Platform {
  const { os, architecture, variant } = platform;
  const isDefault =
    (architecture === "arm64" && variant === "v8") ||
    (architecture === "amd64" && variant === "v1");
  return isDefault ? { os, architecture } : platform;
}

/** Undefined as soon as one is unknown. */
function sumOf(counts: readonly (number | undefined)[]): number | undefined {
  return counts.reduce<number | undefined>(
    (sum, count) => (sum === undefined || count === undefined ? undefined : sum + count),
    0,
  );
}
