import type { Dockerfile, Image } from "../core/analysis.ts";
import { describeImageError } from "../core/analysis.ts";
import type { ImageContext } from "../core/views/imageContext.ts";
import type { ChosenBy } from "../protocol.ts";
import { folderOf } from "./folders.ts";
import type { ImagePlace, ImageRequest } from "./host.ts";
import type { HistoryFinding } from "./historyFinding.ts";
import type { HistoryCatalog } from "./historySearch.ts";
import { namedImage } from "./imageChoice.ts";
import type { HeldImage, ImageStore } from "./imageStore.ts";
import type { Session } from "./session.ts";
import { settingsFor } from "./session.ts";
import type { Shield } from "./shield.ts";

/** The tie between one open Dockerfile and its image. */
export interface ImageBinding {
  /** Newest snapshot; undefined while no image is known. */
  image(): Image | undefined;
  context(): ImageContext;
  /** How the image is opened; undefined while none is known. */
  request(): ImageRequest | undefined;
  /** Finds the image anew: by name, else by history in the background. Keeps what it has until it finds another. */
  choose(dockerfile: Dockerfile): void;
  /** Takes the image that the text names now; searches only when a name is gone. For while the user types. */
  followName(dockerfile: Dockerfile): void;
  /** The user wants the same image looked at again. */
  refresh(): void;
  close(): void;
}

/** What a binding needs. `onChange` is called when the image or its state is another one. */
export interface ImageBindingOptions {
  readonly shield: Shield;
  readonly session: Session;
  readonly store: ImageStore;
  readonly catalog: HistoryCatalog;
  readonly onChange: () => void;
}

type Choice =
  | { readonly kind: "none"; readonly message: string }
  | { readonly kind: "looking" | "untrusted" }
  | { readonly kind: "held"; readonly held: HeldImage; readonly chosenBy: ChosenBy };

interface Binding extends ImageBindingOptions {
  readonly uri: string;
  choice: Choice;
  /** Aborts the newest search among the engine's images. */
  search: AbortController;
}

/** A binding to nothing yet. */
export function createImageBinding(uri: string, options: ImageBindingOptions): ImageBinding {
  const binding: Binding = {
    ...options,
    uri,
    choice: { kind: "looking" },
    search: new AbortController(),
  };
  return {
    image: () =>
      binding.choice.kind === "held" ? binding.choice.held.snapshot().image : undefined,
    context: () => contextOf(binding.choice),
    request: () => (binding.choice.kind === "held" ? binding.choice.held.request : undefined),
    choose: (dockerfile) => choose(binding, dockerfile),
    followName(dockerfile) {
      const { choice } = binding;
      const wasNamed = choice.kind === "held" && choice.chosenBy !== "history";
      const isNamed = takeNamed(binding, dockerfile);
      if (wasNamed && !isNamed) choose(binding, dockerfile);
    },
    refresh() {
      if (binding.choice.kind === "held") binding.choice.held.refresh();
    },
    close() {
      binding.search.abort();
      if (binding.choice.kind === "held") binding.choice.held.release();
      binding.choice = { kind: "looking" };
    },
  };
}

/** Where and how images of the document are asked for. */
export function placeFor(
  session: Session,
  uri: string,
  baseFolder: string | undefined,
): ImagePlace {
  const settings = settingsFor(session, uri);
  return {
    baseFolder,
    platform: settings.platform,
    engine: { isEnabled: settings.engineEnabled, endpoint: settings.engineEndpoint },
    limits: { entries: settings.limitEntries, layerBytes: settings.limitLayerBytes },
    cache: {
      folder: settings.cacheMaximumBytes === 0 ? undefined : session.cacheFolder,
      maximumBytes: settings.cacheMaximumBytes,
    },
  };
}

function choose(binding: Binding, dockerfile: Dockerfile): void {
  if (takeNamed(binding, dockerfile)) return;
  const { engineEnabled, matchByHistory } = settingsFor(binding.session, binding.uri);
  if (engineEnabled && matchByHistory) searchHistory(binding, dockerfile);
  else settle(binding, { kind: "none", message: noneMessage });
}

/** True when the text, a setting or the user names an image, or none may be looked for. */
function takeNamed(binding: Binding, dockerfile: Dockerfile): boolean {
  const { session, uri } = binding;
  binding.search.abort();
  binding.search = new AbortController();
  if (!session.isTrusted) {
    settle(binding, { kind: "untrusted" });
    return true;
  }
  if (!session.areSettingsKnown) return true;
  const named = namedImage(dockerfile, {
    uri,
    folder: folderOf(session.folders, uri),
    settings: settingsFor(session, uri),
    remembered: session.remembered.get(uri),
  });
  if (named === undefined) return false;
  const { reference, baseFolder, chosenBy } = named;
  hold(binding, { ...placeFor(session, uri, baseFolder), reference }, chosenBy);
  return true;
}

/** What was found by history before stays until the search has an answer. */
function searchHistory(binding: Binding, dockerfile: Dockerfile): void {
  const { choice, shield, catalog } = binding;
  const { signal } = binding.search;
  const place = placeFor(binding.session, binding.uri, undefined);
  const found =
    choice.kind === "held" && choice.chosenBy === "history"
      ? choice.held.request.reference
      : undefined;
  if (found === undefined) settle(binding, { kind: "looking" });
  shield.inBackground(async () => {
    const finding = await catalog.findImage(dockerfile, place, found, signal);
    if (signal.aborted) return;
    if (finding.kind === "found") {
      hold(binding, { ...place, reference: finding.reference }, "history");
    } else settle(binding, { kind: "none", message: messageOf(finding) });
  });
}

function hold(binding: Binding, request: ImageRequest, chosenBy: ChosenBy): void {
  const { choice, store, onChange } = binding;
  if (
    choice.kind === "held" &&
    choice.chosenBy === chosenBy &&
    JSON.stringify(choice.held.request) === JSON.stringify(request)
  ) {
    return;
  }
  settle(binding, { kind: "held", held: store.hold(request, onChange), chosenBy });
}

/** The new image is held before the old one is let go: the same one is not read twice. */
function settle(binding: Binding, next: Choice): void {
  const previous = binding.choice;
  if (previous.kind !== "held" && JSON.stringify(previous) === JSON.stringify(next)) return;
  binding.choice = next;
  if (previous.kind === "held") previous.held.release();
  binding.onChange();
}

const noneMessage =
  "No image of this Dockerfile is known: build it once, or name one with a comment such as # tare: image=NAME.";

function messageOf(finding: Exclude<HistoryFinding, { kind: "found" }>): string {
  if (finding.kind === "none") {
    return finding.error === undefined ? noneMessage : describeImageError(finding.error);
  }
  const [first, second, ...more] = finding.references;
  const others = more.length === 0 ? "" : ` and ${more.length} more`;
  return `The histories of ${first}, ${second}${others} fit this Dockerfile equally well: choose one, or name it with a comment such as # tare: image=${first}.`;
}

function contextOf(choice: Choice): ImageContext {
  switch (choice.kind) {
    case "none":
      return { state: "none", message: choice.message };
    case "looking":
      return { state: "looking" };
    case "untrusted":
      return { state: "untrusted" };
    case "held": {
      const { state, error } = choice.held.snapshot();
      return {
        state,
        reference: choice.held.request.reference,
        chosenBy: choice.chosenBy,
        ...(error === undefined ? {} : { message: describeImageError(error) }),
      };
    }
  }
}
