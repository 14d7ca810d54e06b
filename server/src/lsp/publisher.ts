import type { Connection } from "vscode-languageserver/node";
import { layerTreeVersion } from "../core/views/layerTree.ts";
import { statusOf } from "../core/views/status.ts";
import type { ImageStatus } from "../protocol.ts";
import { methods } from "../protocol.ts";
import type { Documents, DocumentView } from "./documents.ts";
import { diagnostics } from "./features/diagnostics.ts";
import type { Host, Stop } from "./host.ts";
import type { ClientFeatures } from "./session.ts";
import type { Shield } from "./shield.ts";

/** Tells the client, unasked, what has become different: diagnostics, status, and that hints and lenses are to be asked for again. */
export interface Publisher {
  /** The client asks for hints by itself after an edit; after a change of the image it has to be told. */
  changed(uri: string, what: "text" | "image"): void;
  /** The document is closed: takes back its diagnostics. */
  closed(uri: string): void;
  close(): void;
}

/** What a publisher needs. */
export interface PublisherOptions {
  readonly connection: Connection;
  readonly host: Host;
  readonly shield: Shield;
  readonly features: ClientFeatures;
  readonly documents: Documents;
}

/** Edits that arrive together are told about once. For a text of many lines all rules take longer than the next key takes to come. */
const settleMs = { usual: 5, long: 200, longFromLine: 300 };
/** Several documents often renew together. */
const refreshMs = 50;

/** A publisher that has told nothing yet. */
export function createPublisher(options: PublisherOptions): Publisher {
  const { connection, host, shield, features } = options;
  const timers = new Map<string, Stop>();
  const sent: Sent = { status: new Map(), diagnostics: new Set() };
  let stopRefresh: Stop | undefined;
  return {
    changed(uri, what) {
      timers.get(uri)?.();
      const isLong = options.documents.lineCount(uri) >= settleMs.longFromLine;
      const stop = host.after(isLong ? settleMs.long : settleMs.usual, () => {
        timers.delete(uri);
        const view = options.documents.view(uri);
        if (view === undefined) return;
        sendDiagnostics(options, sent, view);
        if (features.statusMessages) sendStatus(options, sent, view);
      });
      timers.set(uri, stop);
      if (what === "text") return;
      stopRefresh ??= host.after(refreshMs, () => {
        stopRefresh = undefined;
        askAgain(options);
      });
    },
    closed(uri) {
      timers.get(uri)?.();
      timers.delete(uri);
      sent.status.delete(uri);
      if (!sent.diagnostics.delete(uri)) return;
      shield.inBackground(() => connection.sendDiagnostics({ uri, diagnostics: [] }));
    },
    close() {
      timers.forEach((stop) => stop());
      stopRefresh?.();
    },
  };
}

/** What the client has been told last. */
interface Sent {
  /** By document, as JSON. */
  readonly status: Map<string, string>;
  /** Documents with at least one diagnostic. */
  readonly diagnostics: Set<string>;
}

/** A document that never had any diagnostics needs no empty list. */
function sendDiagnostics(
  { connection, shield, features, host }: PublisherOptions,
  sent: Sent,
  view: DocumentView,
): void {
  const { uri, version } = view.document;
  const found = diagnostics(view, features, host);
  if (found.length === 0 && !sent.diagnostics.delete(uri)) return;
  if (found.length > 0) sent.diagnostics.add(uri);
  shield.inBackground(() => connection.sendDiagnostics({ uri, version, diagnostics: found }));
}

function sendStatus(
  { connection, shield }: PublisherOptions,
  sent: Sent,
  { document: { uri }, analysis, context }: DocumentView,
): void {
  const treeVersion = layerTreeVersion(analysis);
  const status: ImageStatus = {
    uri,
    ...statusOf(analysis, context),
    ...(treeVersion === undefined ? {} : { treeVersion }),
  };
  const text = JSON.stringify(status);
  if (sent.status.get(uri) === text) return;
  sent.status.set(uri, text);
  shield.inBackground(() => connection.sendNotification(methods.imageStatus, status));
}

function askAgain({ connection, shield, features }: PublisherOptions): void {
  if (features.hintRefresh) shield.inBackground(() => connection.languages.inlayHint.refresh());
  if (features.lensRefresh) {
    shield.inBackground(() => connection.sendRequest<void>("workspace/codeLens/refresh"));
  }
}
