import type { Analysis, Image } from "../core/analysis.ts";
import type { SharedBytes } from "../core/views/besideImage.ts";
import { sharedBytesOf } from "../core/views/besideImage.ts";
import type { ImageLayers } from "../io/engineLayers.ts";
import type { EngineAccess, Host } from "./host.ts";
import { placeFor } from "./imageBinding.ts";
import type { Session } from "./session.ts";
import type { Shield } from "./shield.ts";

/** What the images of open Dockerfiles share with others of their engine. */
export interface SharedLayers {
  /** Never waits: undefined until the engine has answered, which this asks it to, for images of no engine, and where it may not be asked. */
  of(uri: string, analysis: Analysis): SharedBytes | undefined;
  /** Images of the engine changed: it is asked again when somebody wants to know. */
  invalidate(): void;
  close(): void;
}

/** What is needed to ask. `onChange` is called when an engine has answered. */
export interface SharedLayersOptions {
  readonly host: Host;
  readonly shield: Shield;
  readonly session: Session;
  readonly onChange: () => void;
}

interface Asked {
  /** As last answered; undefined before, and when it did not answer, or not for all. */
  images: readonly ImageLayers[] | undefined;
  isAsked: boolean;
  /** Found once for each image and answer: every hover, row and status asks. */
  readonly found: WeakMap<Image, Found>;
}

interface Found {
  readonly images: readonly ImageLayers[];
  readonly shared: SharedBytes | undefined;
}

/** Nobody asked yet. */
export function createSharedLayers(options: SharedLayersOptions): SharedLayers {
  const { shield, session } = options;
  const engines = new Map<string, Asked>();
  const stopping = new AbortController();
  return {
    of(uri, { image }) {
      const { engine } = placeFor(session, uri, undefined);
      if (!session.isTrusted || !session.areSettingsKnown || !engine.isEnabled) return undefined;
      if (image?.state !== "read" || image.description.source !== "engine") return undefined;
      const key = JSON.stringify(engine);
      const asked = engines.get(key) ?? {
        images: undefined,
        isAsked: false,
        found: new WeakMap(),
      };
      engines.set(key, asked);
      if (!asked.isAsked) {
        asked.isAsked = true;
        shield.inBackground(() => ask(options, engine, asked, stopping.signal));
      }
      return asked.images && sharedWith(asked, image, asked.images);
    },
    invalidate: () => engines.forEach((asked) => (asked.isAsked = false)),
    close: () => stopping.abort(),
  };
}

async function ask(
  { host, onChange }: SharedLayersOptions,
  engine: EngineAccess,
  asked: Asked,
  signal: AbortSignal,
): Promise<void> {
  const known = new Map((asked.images ?? []).map(({ imageId, diffIds }) => [imageId, diffIds]));
  const answer = await host.listImageLayers(engine, known, signal);
  if (signal.aborted) return;
  // A part of the images would make too little of what is shared.
  asked.images = answer.ok && answer.value.isComplete ? answer.value.images : undefined;
  onChange();
}

/** Undefined where the engine does not list the image: it speaks of others then. */
function sharedWith(
  { found }: Asked,
  image: Image,
  images: readonly ImageLayers[],
): SharedBytes | undefined {
  const known = found.get(image);
  if (known?.images === images) return known.shared;
  const { imageId, reference } = image.description;
  const own = images.find((one) => isItself(one, imageId, reference));
  const others = images.filter((one) => one !== own);
  const shared = own && sharedBytesOf(image, others);
  found.set(image, { images, shared });
  return shared;
}

/** The containerd store calls images otherwise than their config's digest: there the name tells. */
function isItself(
  { imageId, references }: ImageLayers,
  ownId: string,
  ownReference: string,
): boolean {
  if (imageId === ownId || imageId === ownReference) return true;
  const hasTag = ownReference.lastIndexOf(":") > ownReference.lastIndexOf("/");
  return references.includes(hasTag ? ownReference : `${ownReference}:latest`);
}
