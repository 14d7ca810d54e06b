import type { Analysis } from "../analysis.ts";
import { shortDigest } from "../image/digest.ts";
import type { Image, ImageDescription } from "../image/image.ts";
import { formatPlatform } from "../image/imageConfig.ts";
import { formatSize } from "../text/size.ts";
import { attackSurfaceFacts } from "./attackSurface.ts";
import { costFacts } from "./cost.ts";
import type { BesideImage } from "./besideImage.ts";
import { besideFacts } from "./besideImage.ts";
import { type CardPart, type Fact, type HoverMemory, surfaceOf } from "./hoverCard.ts";
import type { ImageContext } from "./imageContext.ts";
import { chosenByText } from "./imageContext.ts";
import { imageBytes, originBytes, sizeWithExact } from "./totals.ts";

/** The whole image, for the FROM of its last stage. */
export function imageFacts(
  analysis: Analysis,
  context: ImageContext & BesideImage,
  memory: HoverMemory,
): CardPart | undefined {
  const { image, attribution } = analysis;
  if (image === undefined) return undefined;
  const { description } = image;
  const totalBytes = imageBytes(image);
  const unattributed = attribution?.unattributedBytes;
  return {
    title: totalBytes === undefined ? "image" : `image ${formatSize(totalBytes)}`,
    facts: [
      ...sizeFact("Whole image", totalBytes),
      ...sizeFact("Base", originBytes(analysis, "base")),
      ...sizeFact("Own part", originBytes(analysis, "own")),
      ...sizeFact("Not split by line", unattributed === 0 ? undefined : unattributed),
      ...besideFacts(context),
      ...readFacts(image, memory),
      ...(image.state === "read" ? costFacts(image.read, analysis) : []),
      { label: "Image", value: description.reference, isCode: true },
      { label: "Image id", value: shortDigest(description.imageId), isCode: true },
      { label: "Platform", value: formatPlatform(description.config.platform), isCode: true },
      { label: "Read from", value: sourceName(description) },
      ...(context.chosenBy === undefined
        ? []
        : [{ label: "Image chosen", value: chosenByText(context.chosenBy) }]),
    ],
    lists: [],
    notes: attribution?.reason === undefined ? [] : [attribution.reason],
    isInTree: true,
  };
}

function sizeFact(label: string, bytes: number | undefined): readonly Fact[] {
  if (bytes === undefined) return [];
  return [{ label, value: sizeWithExact(bytes) }];
}

function readFacts(image: Image, memory: HoverMemory): readonly Fact[] {
  if (image.state === "described") return [];
  const { wastedBytes, finalContentBytes, tarBytes, transferBytes, fileCount } = image.read;
  return [
    ...sizeFact("Wasted in all", wastedBytes),
    ...sizeFact("Final file system", finalContentBytes),
    { label: "Files", value: String(fileCount) },
    ...sizeFact("As tar", tarBytes),
    ...sizeFact("Compressed transfer", transferBytes),
    ...attackSurfaceFacts(surfaceOf(memory, image.read)),
  ];
}

function sourceName({ source }: ImageDescription): string {
  switch (source) {
    case "engine":
      return "the container engine";
    case "docker-archive":
      return "a docker-archive file";
    case "oci":
      return "an OCI layout";
  }
}
