/** Why an image could not be read: a closed list. Each carries the facts; `describeImageError` makes the sentence. */
export type ImageError =
  | {
      readonly code: "engine-unreachable";
      readonly endpoint: string;
      readonly reason: string;
      /** What gave no answer; an engine unless told. */
      readonly service?: "registry";
    }
  | {
      readonly code: "image-not-found";
      readonly reference: string;
      readonly place: string;
      /** What the place holds instead; absent where that is not known or too long to tell. */
      readonly choices?: readonly string[];
      /** True when the reference fits several images of the place, `choices`. */
      readonly isAmbiguous?: boolean;
    }
  | { readonly code: "manifest-invalid"; readonly where: string; readonly reason: string }
  | { readonly code: "config-invalid"; readonly where: string; readonly reason: string }
  | {
      readonly code: "layer-digest-mismatch";
      readonly expected: string;
      readonly actual: string;
    }
  | { readonly code: "layer-unreadable"; readonly layer: string; readonly reason: string }
  | { readonly code: "media-type-unsupported"; readonly where: string; readonly mediaType: string }
  | { readonly code: "limit-exceeded"; readonly limit: string; readonly where: string }
  | { readonly code: "cancelled" };

/** One sentence that says what is wrong and what to do next. Facts from the image are quoted as they are: the caller escapes for its medium. */
export function describeImageError(error: ImageError): string {
  switch (error.code) {
    case "engine-unreachable":
      if (error.service === "registry") {
        return `The registry ${error.endpoint} gives no answer of use (${error.reason}): try again later, or switch the setting tare.registry off.`;
      }
      return `No container engine answers at ${error.endpoint} (${error.reason}): start it, or set DOCKER_HOST or the setting tare.engine.endpoint.`;
    case "image-not-found":
      return describeNotFound(error);
    case "manifest-invalid":
      return `${error.where} holds no image that can be read (${error.reason}): save the image again.`;
    case "config-invalid":
      return `The image config in ${error.where} cannot be used (${error.reason}): save the image again.`;
    case "layer-digest-mismatch":
      return `A layer hashes to ${error.actual} where the image says ${error.expected}: the archive is damaged, save the image again.`;
    case "layer-unreadable":
      return `Layer ${error.layer} cannot be read (${error.reason}): save the image again.`;
    case "media-type-unsupported":
      return `${error.where} has the media type ${error.mediaType}, which Tare does not read: save the image with gzip, zstd or no compression.`;
    case "limit-exceeded":
      return `${error.where} goes past the limit of ${error.limit}: raise the limit in the settings if you trust this image.`;
    case "cancelled":
      return "Reading the image was cancelled: refresh to read it again.";
  }
}

function describeNotFound(error: ImageError & { readonly code: "image-not-found" }): string {
  const { reference, place, choices = [] } = error;
  if (error.isAmbiguous === true) {
    return `${reference} holds several images: name one of them, ${listOf(choices)}.`;
  }
  return choices.length === 0
    ? `${reference} is not in ${place}: build it once, or name another image.`
    : `${reference} is not in ${place}: name an image it holds, ${listOf(choices)}.`;
}

const shownChoices = 5;

function listOf(choices: readonly string[]): string {
  const more = choices.length - shownChoices;
  const shown = choices.slice(0, shownChoices);
  if (more > 0) return `${shown.join(", ")} or one of ${more} more`;
  return shown.length < 2
    ? shown.join("")
    : `${shown.slice(0, -1).join(", ")} or ${shown.at(-1) ?? ""}`;
}
