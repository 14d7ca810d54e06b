import type { Connection } from "vscode-languageserver/node";
import type { BuildHistories } from "./buildHistories.ts";
import type { Documents } from "./documents.ts";
import type { EngineWatch } from "./engineWatch.ts";
import type { HistoryCatalog } from "./historySearch.ts";
import type { Host } from "./host.ts";
import type { IgnoreFiles } from "./ignoreFiles.ts";
import type { LayerTrees } from "./layerTrees.ts";
import type { Publisher } from "./publisher.ts";
import type { Requests } from "./requests.ts";
import type { Session } from "./session.ts";
import type { Shield } from "./shield.ts";

/** The parts of a running server. */
export interface Server {
  readonly connection: Connection;
  readonly host: Host;
  readonly shield: Shield;
  readonly requests: Requests;
  readonly session: Session;
  readonly documents: Documents;
  readonly ignoreFiles: IgnoreFiles;
  readonly layerTrees: LayerTrees;
  readonly catalog: HistoryCatalog;
  readonly histories: BuildHistories;
  readonly publisher: Publisher;
  readonly engineWatch: EngineWatch;
  /** Stops all work. */
  close(): void;
}

/** Each document's image is looked for again, and everything that is shown is made again. */
export function reconsiderAll({ documents, publisher, histories }: Server): void {
  documents.reconsider();
  documents.uris().forEach((uri) => {
    publisher.changed(uri, "image");
    histories.imageChanged(uri);
  });
}
