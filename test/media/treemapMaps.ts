import fc from "fast-check";
import type { TreemapPlace } from "../../server/src/core/views/treemapView.ts";
import type { Treemap } from "../../server/src/protocol/treemap.ts";
import { analysisOf } from "../support/analysisOf.ts";
import { treemapSheet } from "../support/treemapSheet.ts";
import { anImage } from "../support/imageBuilder.ts";

/** Files of a layer, and how large they are. */
export type Files = Readonly<Record<string, string>>;

/** The map of an image of one or two layers, as the server sends it. */
export function mapOf(
  files: Files,
  later: Files = {},
  place: TreemapPlace = {},
  limit = 1000,
): Treemap {
  const image = anImage().layer(files);
  const both = Object.keys(later).length === 0 ? image : image.layer(later);
  const sheet = treemapSheet(analysisOf("FROM scratch\n", both), place, limit);
  if (sheet === undefined) throw new Error("there is no such place");
  return sheet;
}

const files = fc.dictionary(
  fc.stringMatching(/^[a-d](\/[a-d]){0,3}\/[e-h]{1,3}$/),
  fc.integer({ min: 1, max: 1e6 }).map(String),
  { maxKeys: 40 },
);

/** Maps of images with waste, some drawn coarsely. */
export const someImage: fc.Arbitrary<Treemap> = fc
  .tuple(files, files, fc.constantFrom(12, 50, 1000))
  .map(([first, second, limit]) => mapOf(first, { ...second, "a/.wh.b": "0" }, {}, limit));
