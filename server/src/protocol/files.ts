/** A file of the image of a Dockerfile. */
export interface FileParams {
  readonly uri: string;
  /** In the image, `/` between its parts, none in front. */
  readonly path: string;
  /** Index of the layer whose entry is meant, base first; absent: the one that the final file system shows. */
  readonly layer?: number;
}

/** A path to be looked up in another image than the Dockerfile's own. */
export interface OtherFileParams {
  readonly uri: string;
  readonly path: string;
  readonly reference: string;
}

/** Files of the final file system are looked for by part of their path. */
export interface FileSearchParams {
  readonly uri: string;
  readonly text: string;
}

/** A file that fits a search. */
export interface FileHit {
  readonly path: string;
  /** Right of the path: `16.4 kB · layer 3, line 7`. */
  readonly description: string;
}

/** One file of one layer, for as long as any image has the layer: the same address never means other content. */
export interface FileAddress {
  /** Of the Dockerfile whose settings say how images are opened. */
  readonly uri: string;
  readonly reference: string;
  /** Where a relative reference starts; absent where there is no folder. */
  readonly baseFolder?: string;
  /** Of the layer. */
  readonly diffId: string;
  readonly path: string;
}

/** What is at a path of an image. */
export type FileFinding =
  | {
      readonly kind: "file";
      readonly address: FileAddress;
      /** `passwd (layer 3, line 7)`. */
      readonly title: string;
      readonly contentBytes: number;
      readonly layer: number;
    }
  | {
      readonly kind: "link";
      /** As it is written. */
      readonly target: string;
      /** Where it leads in the final file system; absent where nothing is there. */
      readonly path?: string;
    }
  /** There is no file: one sentence for a person, and one word for a title, such as `deleted`. */
  | {
      readonly kind: "none";
      readonly message: string;
      readonly title: string;
      /** No image is read for the Dockerfile, so that no other path would do better. */
      readonly isUnread?: true;
    };

/** Which part of a file to read, and how to show it. */
export interface FileReadParams extends FileAddress {
  /** Where to begin; absent for the whole file. */
  readonly start?: number;
  /** At most so much; a longer file is refused unless `start` is given. */
  readonly maxBytes: number;
  /** `hex`: as lines of offset, bytes and characters. */
  readonly as: "base64" | "hex";
}

/** What came of reading a file. */
export type FileAnswer =
  | {
      readonly kind: "content";
      readonly text: string;
      /** Of the whole file. */
      readonly contentBytes: number;
      /** How many bytes of it the text stands for. */
      readonly shownBytes: number;
      /** No byte among them is zero. */
      readonly isText: boolean;
    }
  /** One sentence for a person; `isGone`: no such layer or file is there any more. */
  | { readonly kind: "refused"; readonly isGone: boolean; readonly message: string }
  | { readonly kind: "cancelled" };
