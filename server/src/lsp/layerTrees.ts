import { type Analysis, describeImageError } from "../core/analysis.ts";
import { layerTreeRows } from "../core/views/layerTree.ts";
import { emptyTreeMemory, type TreeMemory } from "../core/views/layerTreeMemory.ts";
import type { ComparedImage, TreeView } from "../core/views/layerTreeOptions.ts";
import { revealPath } from "../core/views/layerTreeReveal.ts";
import { prepareTree } from "../core/views/layerTreeWork.ts";
import type { RevealParams, TreeOptions, TreeParams, TreeRow } from "../protocol/layerTree.ts";
import type { Documents } from "./documents.ts";
import { folderOf } from "./folders.ts";
import type { Host } from "./host.ts";
import { placeFor } from "./imageBinding.ts";
import type { HeldImage, ImageStore } from "./imageStore.ts";
import type { Publisher } from "./publisher.ts";
import type { Session } from "./session.ts";
import { inTurns } from "./turns.ts";

/** Answers for the layer trees of documents, each from the newest snapshot. What goes over all nodes of an image is done in turns with other requests. */
export interface LayerTrees {
  rows(params: TreeParams, isStopped: IsStopped): Answer<readonly TreeRow[]>;
  reveal(params: RevealParams, isStopped: IsStopped): Answer<readonly string[]>;
  /** What was found in images, for others that look for the same: the packages of one are found once. */
  readonly memory: TreeMemory;
  /** The document is closed: lets go of the image that it was compared with. */
  closed(uri: string): void;
}

/** Whether the answer is wanted no more: it may be empty then. */
type IsStopped = () => boolean;
type Answer<T> = T | Promise<T>;

/** What layer trees need. The publisher is told when the image that a document is compared with has become another one, or is read now. */
export interface LayerTreesOptions {
  readonly host: Host;
  readonly documents: Documents;
  readonly session: Session;
  readonly store: ImageStore;
  readonly publisher: Publisher;
}

/** Holds an image to compare with for as long as the newest question names it. */
export function createLayerTrees(options: LayerTreesOptions): LayerTrees {
  const { documents, host } = options;
  const memory = emptyTreeMemory();
  const held = new Map<string, Held>();
  const viewOf = (uri: string, wanted: TreeOptions = {}): TreeView => {
    const compared = comparedImage(options, held, uri, wanted.comparedWith);
    const shared = documents.view(uri)?.beside().shared;
    return { options: wanted, memory, shared, ...(compared === undefined ? {} : { compared }) };
  };
  return {
    memory,
    rows({ uri, parent, options: wanted }, isStopped) {
      const analysis = documents.view(uri)?.analysis;
      if (analysis === undefined) return [];
      const view = viewOf(uri, wanted);
      const answer = prepared(analysis, parent, view, () => layerTreeRows(analysis, parent, view));
      return orNothing(inTurns(host, answer, isStopped));
    },
    reveal({ uri, options: wanted, ...target }, isStopped) {
      const analysis = documents.view(uri)?.analysis;
      if (analysis === undefined) return [];
      const view = viewOf(uri, wanted);
      const answer = prepared(analysis, undefined, view, () => revealPath(analysis, target, view));
      return orNothing(inTurns(host, answer, isStopped));
    },
    closed: (uri) => release(held, uri),
  };
}

/** What is remembered first, then the answer from it. */
function* prepared<T>(
  analysis: Analysis,
  parent: string | undefined,
  view: TreeView,
  answer: () => T,
): Generator<undefined, T> {
  yield* prepareTree(analysis, parent, view);
  return answer();
}

function orNothing<T>(answer: Answer<readonly T[] | undefined>): Answer<readonly T[]> {
  return answer instanceof Promise ? answer.then((rows) => rows ?? []) : (answer ?? []);
}

interface Held {
  readonly reference: string;
  readonly image: HeldImage;
}

function release(held: Map<string, Held>, uri: string): void {
  held.get(uri)?.image.release();
  held.delete(uri);
}

/** Undefined when none is asked for. The image that was asked for last is held until another one, or none, is. */
function comparedImage(
  options: LayerTreesOptions,
  held: Map<string, Held>,
  uri: string,
  reference: string | undefined,
): ComparedImage | undefined {
  const { session, store, publisher } = options;
  if (held.get(uri)?.reference !== reference) release(held, uri);
  if (reference === undefined) return undefined;
  if (!session.isTrusted) {
    const message = "Images are compared only in a trusted folder.";
    return { state: "failed", reference, message };
  }
  const folder = folderOf(session.folders, uri)?.path;
  const known = held.get(uri) ?? {
    reference,
    image: store.hold({ ...placeFor(session, uri, folder), reference }, () =>
      publisher.treeChanged(uri),
    ),
  };
  held.set(uri, known);
  const { image, state, error } = known.image.snapshot();
  if (image?.state === "read") return { state: "read", reference, read: image.read };
  if (state === "failed") {
    const message =
      error === undefined ? `${reference} could not be read.` : describeImageError(error);
    return { state, reference, message };
  }
  return { state: "reading", reference, message: `${reference} is being read` };
}
