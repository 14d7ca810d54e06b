import * as vscode from "vscode";
import { acceptedItem } from "./acceptedItem.ts";
import type { Server } from "./languageClient.ts";

/** What the user decided: a reference, null to forget the choice, undefined for nothing. */
export type Decision = string | null | undefined;

interface Item extends vscode.QuickPickItem {
  readonly decide?: () => Promise<Decision>;
}

/** What the question says where it asks for another image than the Dockerfile's own. */
export interface PickWording {
  readonly title: string;
  readonly placeholder: string;
  /** On the button of the file dialog. */
  readonly accept: string;
  readonly forget: string;
}

/** Lets the user pick among images of the engine and the folders, browse for a file or folder, or type a reference. */
export async function pickImage(
  server: Server,
  uri: string,
  remembered: string | undefined,
  wording: PickWording = ownWording(uri),
): Promise<Decision> {
  const pick = vscode.window.createQuickPick<Item>();
  pick.title = wording.title;
  pick.placeholder = wording.placeholder;
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.busy = true;
  let found: readonly Item[] = [];
  const renew = (): void => {
    pick.items = [...typedItem(pick.value, found), ...found, ...otherWays(remembered, wording)];
  };
  renew();
  const listening = pick.onDidChangeValue(renew);
  // The list opens at once and fills when the engine has answered.
  void server
    .listImages(uri)
    .then((choices) => {
      found = choices.map(({ reference, ...shown }) => ({
        ...shown,
        iconPath: new vscode.ThemeIcon(reference === remembered ? "check" : "package"),
        decide: () => Promise.resolve(reference),
      }));
      renew();
    })
    .finally(() => {
      pick.busy = false;
    });
  const chosen = await acceptedItem(pick);
  listening.dispose();
  pick.dispose();
  return chosen?.decide?.();
}

function ownWording(uri: string): PickWording {
  return {
    title: vscode.l10n.t("Image of {0}", vscode.workspace.asRelativePath(vscode.Uri.parse(uri))),
    placeholder: vscode.l10n.t(
      "Choose the built image to measure, or type a reference such as app:latest or oci:build/app",
    ),
    accept: vscode.l10n.t("Measure"),
    forget: vscode.l10n.t("Forget the Choice"),
  };
}

/** What was typed, when it is none of the images listed. */
function typedItem(value: string, found: readonly Item[]): readonly Item[] {
  const reference = value.trim();
  if (reference === "" || found.some(({ label }) => label === reference)) return [];
  return [
    {
      label: vscode.l10n.t("Use {0}", reference),
      alwaysShow: true,
      iconPath: new vscode.ThemeIcon("edit"),
      decide: () => Promise.resolve(reference),
    },
  ];
}

function otherWays(
  remembered: string | undefined,
  { accept, forget: forgetting }: PickWording,
): readonly Item[] {
  const ways: readonly Item[] = [
    { label: "", kind: vscode.QuickPickItemKind.Separator },
    {
      label: vscode.l10n.t("Browse for an Archive …"),
      detail: vscode.l10n.t("Written by docker save, podman save or skopeo copy"),
      iconPath: new vscode.ThemeIcon("file-zip"),
      alwaysShow: true,
      decide: () => browse("file", accept),
    },
    {
      label: vscode.l10n.t("Browse for an OCI Layout …"),
      detail: vscode.l10n.t("A folder with index.json and blobs"),
      iconPath: new vscode.ThemeIcon("folder-opened"),
      alwaysShow: true,
      decide: () => browse("folder", accept),
    },
  ];
  if (remembered === undefined) return ways;
  const forget: Item = {
    label: forgetting,
    description: remembered,
    iconPath: new vscode.ThemeIcon("discard"),
    alwaysShow: true,
    decide: () => Promise.resolve(null),
  };
  return [...ways, forget];
}

async function browse(what: "file" | "folder", accept: string): Promise<Decision> {
  const picked = await vscode.window.showOpenDialog({
    canSelectFiles: what === "file",
    canSelectFolders: what === "folder",
    openLabel: accept,
    ...(what === "file" && {
      filters: { [vscode.l10n.t("Image archives")]: ["tar", "tar.gz", "tgz"], "*": ["*"] },
    }),
  });
  return picked?.[0]?.fsPath;
}
