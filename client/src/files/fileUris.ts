import type { FileAddress } from "../../../server/src/protocol/files.ts";

/** Scheme of files of images; named in package.json. */
export const fileScheme = "tare";

/** Scheme of files of images shown as hex; named in package.json. */
export const hexScheme = "tare-hex";

/** The parts of a URI, not encoded. */
export interface UriParts {
  readonly path: string;
  readonly query: string;
}

/** What a URI stands for: a file of a layer, or no file at all as one side of a comparison. */
export type FilePlace =
  | {
      readonly kind: "file";
      readonly address: FileAddress;
      /** Index of the layer when the file was opened. */
      readonly layer: number;
      /** Of the hex view, from 0. */
      readonly part: number;
    }
  | { readonly kind: "nothing" };

/**
 * The URI of a file: which layer it is of comes first for people, the path in the image follows, so that the name at its end tells the
 * language; the query says where the content is. Equal addresses give equal URIs.
 */
export function toFileUri(
  { uri, reference, baseFolder, diffId, path }: FileAddress,
  layer: number,
  part = 0,
): UriParts {
  const query = new URLSearchParams({ dockerfile: uri, image: reference });
  if (baseFolder !== undefined) query.set("folder", baseFolder);
  query.set("diffId", diffId);
  query.set("layer", String(layer));
  if (part > 0) query.set("part", String(part));
  return { path: `/layer ${layer + 1}/${path}`, query: query.toString() };
}

/** The URI of an empty side, named as the file that is missing there. */
export function toNothingUri(path: string): UriParts {
  return { path: `/nothing/${path}`, query: "nothing=1" };
}

/** What a URI stands for; undefined for one that nobody here made: paths that do not lead straight down, a query with less than it takes. */
export function fromFileUri({ path, query }: UriParts): FilePlace | undefined {
  const [, , ...names] = path.split("/");
  if (names.length === 0 || names.some((name) => ["", ".", ".."].includes(name))) return undefined;
  const fields = new URLSearchParams(query);
  if (fields.get("nothing") === "1") return { kind: "nothing" };
  const uri = fields.get("dockerfile");
  const reference = fields.get("image");
  const diffId = fields.get("diffId");
  const layer = toIndex(fields.get("layer"));
  const part = toIndex(fields.get("part") ?? "0");
  if (!uri || !reference || !diffId || layer === undefined || part === undefined) return undefined;
  const baseFolder = fields.get("folder");
  return {
    kind: "file",
    address: {
      uri,
      reference,
      ...(baseFolder === null ? {} : { baseFolder }),
      diffId,
      path: names.join("/"),
    },
    layer,
    part,
  };
}

/** The file of an image that a document shows, as it is or as hex; undefined for any other document. */
export function fileShownAt(
  uri: UriParts & { readonly scheme: string },
): (FilePlace & { readonly kind: "file" }) | undefined {
  if (uri.scheme !== fileScheme && uri.scheme !== hexScheme) return undefined;
  const place = fromFileUri(uri);
  return place?.kind === "file" ? place : undefined;
}

function toIndex(text: string | null): number | undefined {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
