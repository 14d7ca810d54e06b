import * as vscode from "vscode";
import type {
  Treemap,
  TreemapMessage,
  TreemapTarget,
} from "../../../server/src/protocol/treemap.ts";
import type { ImageStatuses } from "../imageStatuses.ts";
import type { Server } from "../languageClient.ts";
import { goToLineCommand } from "./layerTree.ts";
import { treemapHtml } from "./treemapHtml.ts";

/** Type of the webview; package.json names it where the extension is woken and in menus. */
const treemapType = "tare.treemap";

/** More cannot be told apart on a screen, and the drawing stays fluid. */
const rectangles = 1000;
const searchMatches = 200;

/** The treemaps that are open, one for a Dockerfile. */
export interface TreemapPanels extends vscode.Disposable {
  /** Shows a place beside the text; in the panel of its Dockerfile where there is one. */
  show(target: TreemapTarget): void;
}

/** Makes treemaps when they are asked for, and again those that were open when the window was closed. */
export function treemapPanels(
  extension: vscode.Uri,
  server: Server,
  statuses: ImageStatuses,
): TreemapPanels {
  const open = new Map<string, Panel>();
  const adopt = (view: vscode.WebviewPanel, uri: string, target?: TreemapTarget): void => {
    const panel = livingPanel(view, uri, target, { extension, server, statuses });
    open.set(uri, panel);
    view.onDidDispose(() => {
      if (open.get(uri) === panel) open.delete(uri);
      panel.dispose();
    });
  };
  const restoring = vscode.window.registerWebviewPanelSerializer(treemapType, {
    deserializeWebviewPanel: async (view, state: unknown) => {
      const uri = uriIn(state);
      if (uri === undefined) view.dispose();
      else adopt(view, uri);
    },
  });
  return {
    show: (asked) => {
      const target = { ...asked, uri: vscode.Uri.parse(asked.uri).toString() };
      const known = open.get(target.uri);
      if (known !== undefined) return known.show(target);
      const options = { localResourceRoots: [vscode.Uri.joinPath(extension, "media/dist")] };
      const view = vscode.window.createWebviewPanel(
        treemapType,
        titleOf(target.uri),
        vscode.ViewColumn.Beside,
        { enableScripts: true, ...options },
      );
      adopt(view, target.uri, target);
    },
    dispose: () => {
      restoring.dispose();
      for (const panel of open.values()) panel.close();
    },
  };
}

interface Parts {
  readonly extension: vscode.Uri;
  readonly server: Server;
  readonly statuses: ImageStatuses;
}

interface Panel extends vscode.Disposable {
  show(target: TreemapTarget): void;
  close(): void;
}

/** A hidden webview is gone: what it is to show waits until it says that it is there again. */
function livingPanel(
  view: vscode.WebviewPanel,
  uri: string,
  first: TreemapTarget | undefined,
  parts: Parts,
): Panel {
  let wanted = first;
  let isReady = false;
  const post = (message: TreemapMessage): void => void view.webview.postMessage(message);
  const answer = async (message: TreemapMessage): Promise<void> => {
    if (message.kind !== "ready") return answerQuestion(message, parts, post);
    isReady = true;
    // One that comes back after having been hidden, or with its window, knows where it was.
    const target = wanted ?? (message.target === undefined ? { uri } : undefined);
    wanted = undefined;
    if (target !== undefined) post({ kind: "show", target });
  };
  view.webview.options = {
    enableScripts: true,
    localResourceRoots: [vscode.Uri.joinPath(parts.extension, "media/dist")],
  };
  view.iconPath = vscode.Uri.joinPath(parts.extension, "media/icon.png");
  const listening = vscode.Disposable.from(
    view.webview.onDidReceiveMessage(answer),
    view.onDidChangeViewState(() => {
      isReady &&= view.visible;
    }),
    followImage(uri, parts.statuses, () => post({ kind: "changed" })),
  );
  view.webview.html = page(view.webview, parts.extension);
  return {
    show: (target) => {
      view.reveal(undefined, false);
      if (isReady) post({ kind: "show", target });
      else wanted = target;
    },
    close: () => view.dispose(),
    dispose: () => void listening.dispose(),
  };
}

/** Calls when another image, or another state of it, belongs to a Dockerfile. */
function followImage(uri: string, statuses: ImageStatuses, call: () => void): vscode.Disposable {
  const stateOf = (): string =>
    `${statuses.of(uri)?.state} ${statuses.of(uri)?.treeVersion} ${statuses.of(uri)?.message}`;
  let known = stateOf();
  return statuses.onDidChange((changed) => {
    if (changed !== undefined && changed !== uri) return;
    const now = stateOf();
    if (now !== known) call();
    known = now;
  });
}

async function answerQuestion(
  message: TreemapMessage,
  parts: Parts,
  post: (message: TreemapMessage) => void,
): Promise<void> {
  switch (message.kind) {
    case "ask": {
      post({ kind: "map", request: message.request, ...(await mapOf(message.target, parts)) });
      return;
    }
    case "search": {
      const { request, target, query } = message;
      const limit = searchMatches;
      post({
        kind: "found",
        request,
        found: await parts.server.treemapSearch({ target, query, limit }),
      });
      return;
    }
    case "goToLine":
      await goToLine(message.uri, message.line);
      return;
    case "ready":
    case "show":
    case "changed":
    case "map":
    case "found":
      return;
  }
}

/** The map, or one sentence that says why there is none. */
async function mapOf(
  target: TreemapTarget,
  { server, statuses }: Parts,
): Promise<{ readonly map: Treemap } | { readonly message: string }> {
  if (!(await hasDocument(target.uri))) return { message: whyNoMap(false, statuses, target) };
  const map = await server.treemap({ target, limit: rectangles });
  if (map !== null) return { map };
  const known = await whyNoBinary(target, server, statuses);
  return { message: known ?? whyNoMap(true, statuses, target) };
}

/** The server speaks only of documents that are open: one that was closed is opened without being shown. */
async function hasDocument(uri: string): Promise<boolean> {
  return vscode.workspace.openTextDocument(vscode.Uri.parse(uri)).then(
    () => true,
    () => false,
  );
}

/** Files of an image that is read have a map, but for binaries that could not be opened. */
async function whyNoBinary(
  { uri, path, layer }: TreemapTarget,
  server: Server,
  statuses: ImageStatuses,
): Promise<string | undefined> {
  if (path === undefined || statuses.of(uri)?.state !== "read") return undefined;
  const file = { uri, path, ...(layer !== undefined && { layer }) };
  if ((await server.findFile(file)).kind !== "file") return undefined;
  const answer = await server.binary(file);
  return answer.kind === "refused" ? answer.message : undefined;
}

function whyNoMap(isThere: boolean, statuses: ImageStatuses, { uri }: TreemapTarget): string {
  if (!isThere) return vscode.l10n.t("The Dockerfile of this treemap cannot be opened any more.");
  if (statuses.isServerDead()) {
    return vscode.l10n.t("The server does not run, so nothing can be shown.");
  }
  const status = statuses.of(uri);
  if (status?.state === "read") {
    return vscode.l10n.t("The image has no such path. Go to the whole image by its name above.");
  }
  if (status?.state === "untrusted") {
    return vscode.l10n.t("This folder is not trusted: no image is read.");
  }
  return status?.message ?? vscode.l10n.t("The files of the layers are being read …");
}

/** In the column where the Dockerfile is seen, else beside the map: never over it. */
async function goToLine(uri: string, line: number): Promise<void> {
  const shown = vscode.window.visibleTextEditors.find(
    ({ document }) => document.uri.toString() === uri,
  );
  if (shown === undefined) {
    await vscode.commands.executeCommand(goToLineCommand, uri, line, vscode.ViewColumn.Beside);
    return;
  }
  await vscode.commands.executeCommand(goToLineCommand, uri, line, shown.viewColumn);
}

function uriIn(state: unknown): string | undefined {
  if (typeof state !== "object" || state === null || !("target" in state)) return undefined;
  const { target } = state;
  if (typeof target !== "object" || target === null || !("uri" in target)) return undefined;
  return typeof target.uri === "string" ? target.uri : undefined;
}

function titleOf(uri: string): string {
  const name = vscode.Uri.parse(uri).path.split("/").at(-1) ?? "";
  return vscode.l10n.t("Treemap of {0}", name);
}

function page(webview: vscode.Webview, extension: vscode.Uri): string {
  const addressOf = (name: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(extension, "media/dist", name)).toString();
  return treemapHtml({
    script: addressOf("treemap.js"),
    style: addressOf("treemap.css"),
    cspSource: webview.cspSource,
  });
}
