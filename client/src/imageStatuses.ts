import * as vscode from "vscode";
import type { ImageStatus } from "../../server/src/protocol.ts";

/** What the server last said of each Dockerfile's image, and whether it runs at all. */
export interface ImageStatuses extends vscode.Disposable {
  /** Undefined before the server has spoken of the document. */
  of(uri: string | undefined): ImageStatus | undefined;
  isServerDead(): boolean;
  /** Keeps what the server said and tells the views. */
  accept(status: ImageStatus): void;
  /** The rows of the Dockerfile's layer tree are others, though its image is the same. */
  rowsChanged(uri: string): void;
  /** A dead server knows nothing: what it said is forgotten. */
  serverIs(state: "running" | "dead"): void;
  /** Fires with the URI that changed; undefined when all may have. */
  readonly onDidChange: vscode.Event<string | undefined>;
}

/** An empty memory of statuses. */
export function imageStatuses(): ImageStatuses {
  const byUri = new Map<string, ImageStatus>();
  const changed = new vscode.EventEmitter<string | undefined>();
  let isDead = false;
  return {
    of: (uri) => (uri === undefined ? undefined : byUri.get(uri)),
    isServerDead: () => isDead,
    accept: (status) => {
      const uri = vscode.Uri.parse(status.uri).toString();
      byUri.set(uri, status);
      changed.fire(uri);
    },
    rowsChanged: (uri) => changed.fire(vscode.Uri.parse(uri).toString()),
    serverIs: (state) => {
      if (isDead === (state === "dead")) return;
      isDead = state === "dead";
      if (isDead) byUri.clear();
      changed.fire(undefined);
    },
    onDidChange: changed.event,
    dispose: () => changed.dispose(),
  };
}
