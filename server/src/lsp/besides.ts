import type { BuildHistories } from "./buildHistories.ts";
import { createBuildHistories } from "./buildHistories.ts";
import type { Documents } from "./documents.ts";
import type { Host } from "./host.ts";
import type { Session } from "./session.ts";
import type { SharedLayers } from "./sharedLayers.ts";
import { createSharedLayers } from "./sharedLayers.ts";
import type { Shield } from "./shield.ts";

/** What is known from beside the images: earlier builds, and other images of the engine. */
export interface Besides {
  readonly histories: BuildHistories;
  readonly sharedLayers: SharedLayers;
  close(): void;
}

/** What that needs. */
export interface BesidesOptions {
  readonly host: Host;
  readonly shield: Shield;
  readonly session: Session;
  /** Asked for when they are there. */
  readonly documents: () => Documents;
  /** Tells people what they should know; one sentence. */
  readonly tell: (sentence: string) => void;
  /** What is shown of a document is to be made again. */
  readonly renew: (uri: string) => void;
}

/** Nothing known yet. */
export function createBesides({ documents, tell, renew, ...world }: BesidesOptions): Besides {
  const histories = createBuildHistories({
    ...world,
    tell,
    analysisOf: (uri) => documents().view(uri)?.analysis,
    onChange: renew,
  });
  const sharedLayers = createSharedLayers({
    ...world,
    onChange: () => documents().uris().forEach(renew),
  });
  return {
    histories,
    sharedLayers,
    close() {
      histories.close();
      sharedLayers.close();
    },
  };
}
