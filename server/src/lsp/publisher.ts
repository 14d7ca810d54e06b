import { isDeepStrictEqual } from "node:util";
import type { Connection, Diagnostic } from "vscode-languageserver/node";
import type { Finding } from "../core/analysis.ts";
import { carryFindings } from "../core/views/carriedFindings.ts";
import { layerTreeVersion } from "../core/views/layerTree.ts";
import { statusOf } from "../core/views/status.ts";
import type { ImageStatus } from "../protocol.ts";
import { methods } from "../protocol.ts";
import type { Documents, DocumentView } from "./documents.ts";
import { createDocumentSchedule } from "./documentSchedule.ts";
import { diagnostics } from "./features/diagnostics.ts";
import type { Host, Stop } from "./host.ts";
import type { ClientFeatures } from "./session.ts";
import type { Shield } from "./shield.ts";

/** Tells the client, unasked, what has become different: diagnostics, status, and that hints and lenses are to be asked for again. */
export interface Publisher {
  /** The client asks for hints by itself after an edit; after a change of the image it has to be told. */
  changed(uri: string, what: "text" | "image"): void;
  /** The rows of the layer tree are to be asked for again, though the document's image is the same. */
  treeChanged(uri: string): void;
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

/** Edits that arrive together are told about once. */
const settleMs = { usual: 5, long: 200, longFromLine: 4000 };
/** For a text of many lines all rules take longer than the next key takes to come: until nobody types, their last answer moves with the text. */
const rules = { restMs: 200, fromLine: 300 };
/** Several documents often renew together. */
const refreshMs = 50;

/** A publisher that has told nothing yet. */
export function createPublisher(options: PublisherOptions): Publisher {
  const { connection, host, shield, features } = options;
  const schedule = createDocumentSchedule(options);
  const sent: Sent = { status: new Map(), diagnostics: new Map(), findings: new Map() };
  let stopRefresh: Stop | undefined;
  const askRules = (view: DocumentView): void => {
    const { document, analysis } = view;
    schedule.carryOut(document.uri, analysis.findFindings(), (findings) => {
      sent.findings.set(document.uri, { text: analysis.dockerfile.text, findings });
      sendDiagnostics(options, sent, view, findings);
    });
  };
  return {
    changed(uri, what) {
      const lines = options.documents.lineCount(uri);
      const known = lines < rules.fromLine ? undefined : sent.findings.get(uri);
      const wait = lines < settleMs.longFromLine ? settleMs.usual : settleMs.long;
      schedule.after(uri, wait, (view) => {
        if (known === undefined) askRules(view);
        else {
          const { text } = view.analysis.dockerfile;
          sendDiagnostics(options, sent, view, carryFindings(known.findings, known.text, text));
          schedule.after(uri, rules.restMs, askRules);
        }
        if (features.statusMessages) sendStatus(options, sent, view);
      });
      if (what === "text") return;
      stopRefresh ??= host.after(refreshMs, () => {
        stopRefresh = undefined;
        askAgain(options);
      });
    },
    treeChanged: (uri) => sendTreeChanged(options, uri),
    closed(uri) {
      schedule.stop(uri);
      sent.status.delete(uri);
      sent.findings.delete(uri);
      if (!sent.diagnostics.delete(uri)) return;
      shield.inBackground(() => connection.sendDiagnostics({ uri, diagnostics: [] }));
    },
    close() {
      schedule.close();
      stopRefresh?.();
    },
  };
}

/** What the client has been told last. */
interface Sent {
  /** By document, as JSON. */
  readonly status: Map<string, string>;
  /** By document with at least one diagnostic. */
  readonly diagnostics: Map<string, Told>;
  /** The rules' last answer, by document. */
  readonly findings: Map<string, Answer>;
}

/** Diagnostics, and the version of the document that they are for. */
interface Told {
  readonly version: number;
  readonly found: readonly Diagnostic[];
}

/** What rules found in a text. */
interface Answer {
  readonly text: string;
  readonly findings: readonly Finding[];
}

/** A document that never had any diagnostics needs no empty list, and none needs to be told twice what has not changed. */
function sendDiagnostics(
  { connection, shield, features, host }: PublisherOptions,
  sent: Sent,
  view: DocumentView,
  findings: readonly Finding[],
): void {
  const { uri, version } = view.document;
  const found = diagnostics(view, features, host, findings);
  const known = sent.diagnostics.get(uri);
  if (found.length === 0 && known === undefined) return;
  if (known?.version === version && isDeepStrictEqual(known.found, found)) return;
  if (found.length === 0) sent.diagnostics.delete(uri);
  else sent.diagnostics.set(uri, { version, found });
  shield.inBackground(() => connection.sendDiagnostics({ uri, version, diagnostics: found }));
}

function sendStatus(
  { connection, shield }: PublisherOptions,
  sent: Sent,
  { document: { uri }, analysis, context, beside, historyVersion }: DocumentView,
): void {
  const known = beside();
  const treeVersion = layerTreeVersion(analysis, known.shared);
  const status: ImageStatus = {
    uri,
    ...statusOf(analysis, context, known),
    ...(historyVersion === undefined ? {} : { historyVersion }),
    ...(treeVersion === undefined ? {} : { treeVersion }),
  };
  const text = JSON.stringify(status);
  if (sent.status.get(uri) === text) return;
  sent.status.set(uri, text);
  shield.inBackground(() => connection.sendNotification(methods.imageStatus, status));
}

function sendTreeChanged({ connection, shield, features }: PublisherOptions, uri: string): void {
  if (!features.statusMessages) return;
  shield.inBackground(() => connection.sendNotification(methods.treeChanged, { uri }));
}

function askAgain({ connection, shield, features }: PublisherOptions): void {
  if (features.hintRefresh) shield.inBackground(() => connection.languages.inlayHint.refresh());
  if (features.lensRefresh) {
    shield.inBackground(() => connection.sendRequest<void>("workspace/codeLens/refresh"));
  }
}
