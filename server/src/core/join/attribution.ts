/** Where a number comes from. DESIGN §2. */
export type Basis = "measured" | "stale" | "context" | "base" | "predicted" | "unknown";

/** How sure the pairing of a line with its layers is: `certain` when text and order agree, `likely` when only kind, order and destination do. */
export type Confidence = "certain" | "likely";

/** Which builder wrote the history, as far as its rows show. */
export type Builder = "buildkit" | "classic" | "buildah" | "kaniko" | "foreign" | "unknown";

/** What is known of one layer after the join. */
export interface LayerOrigin {
  /** `base` came with the base image, `own` was written by this Dockerfile, `unknown` cannot be told. */
  readonly origin: "base" | "own" | "unknown";
  /** Index into `config.history`; undefined when the image has no row for the layer. */
  readonly historyIndex: number | undefined;
  /** Index into `dockerfile.instructions`; undefined for a base layer (its FROM speaks for it) and where no line can be named. */
  readonly instruction: number | undefined;
}

/** What one instruction weighs in the image. */
export interface InstructionWeight {
  /** Index into `dockerfile.instructions`. */
  readonly instruction: number;
  /** Layers this line wrote, base first; for the FROM that the final stage's chain starts with: the base layers. Empty when it wrote none, or is not known. */
  readonly layers: readonly number[];
  /** Bytes of those layers; 0 is a measured nothing, undefined is unknown or in a stage the image does not hold. */
  readonly contentBytes: number | undefined;
  /** How many of them the final file system does not show; undefined until the layers are read. */
  readonly wastedBytes: number | undefined;
  /** Bytes of earlier layers that this line was the first to hide; undefined until the layers are read. */
  readonly hidesBytes: number | undefined;
  readonly basis: Basis;
  /** Undefined when basis is unknown. */
  readonly confidence: Confidence | undefined;
}

/** The join of a Dockerfile with an image: which line owns which bytes. Every layer belongs to at most one instruction. */
export interface Attribution {
  readonly builder: Builder;
  /** One for each layer, base first. */
  readonly layers: readonly LayerOrigin[];
  /** One for each instruction of the file, in order. */
  readonly instructions: readonly InstructionWeight[];
  /** Share of the final stage's own rows that found their line, 0–1: how well this image fits this file. 1 when there was nothing to match. */
  readonly matchRatio: number;
  /** Why lines carry no numbers, one sentence; undefined when they do. */
  readonly reason: string | undefined;
  /** Bytes written by this file's own rows where they cannot be split by line (squash), with no line. */
  readonly unattributedBytes: number | undefined;
}
