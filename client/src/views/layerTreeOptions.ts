import * as vscode from "vscode";
import type { TreeOptions } from "../../../server/src/protocol/layerTree.ts";

/** Where the options are kept with the workspace. */
const key = "tare.layerTree";

/** What the user wants the layer tree to show. */
export interface LayerTreeOptions extends vscode.Disposable {
  /** For a Dockerfile: an image to compare with belongs to one, all else holds for all. */
  of(uri: string | undefined): TreeOptions;
  /** Undefined takes an option back. What is compared with is forgotten with the window. */
  change(uri: string | undefined, options: Changed): void;
  /** Shows again what options leave out; order and grouping stay. */
  showAll(uri: string | undefined): void;
  readonly onDidChange: vscode.Event<void>;
}

/** The options to be changed. */
export type Changed = { readonly [Name in keyof TreeOptions]?: TreeOptions[Name] | undefined };

/** The options as they were left in this workspace. */
export function layerTreeOptions(state: vscode.Memento): LayerTreeOptions {
  const changed = new vscode.EventEmitter<void>();
  const compared = new Map<string, string>();
  let kept: TreeOptions = state.get<TreeOptions>(key, {});
  const of = (uri: string | undefined): TreeOptions => {
    const reference = uri === undefined ? undefined : compared.get(uri);
    return { ...kept, ...(reference !== undefined && { comparedWith: reference }) };
  };
  const change = (uri: string | undefined, options: Changed): void => {
    const { comparedWith, ...others } = options;
    kept = withoutUndefined({ ...kept, ...others });
    if (uri !== undefined && "comparedWith" in options) {
      if (comparedWith === undefined) compared.delete(uri);
      else compared.set(uri, comparedWith);
    }
    void state.update(key, kept);
    changed.fire();
  };
  return {
    of,
    change,
    showAll: (uri) => change(uri, nothingLeftOut),
    onDidChange: changed.event,
    dispose: () => changed.dispose(),
  };
}

/** What shows all there is. */
export const nothingLeftOut: Changed = {
  filter: undefined,
  ownOnly: undefined,
  wasteOnly: undefined,
  comparedWith: undefined,
};

/** The options without those that leave rows out. */
export function showingAll(options: TreeOptions): TreeOptions {
  return withoutUndefined({ ...options, ...nothingLeftOut });
}

/** What is left out, for people; "" where all is shown. */
export function leftOutText({ filter, ownOnly, wasteOnly, comparedWith }: TreeOptions): string {
  return [
    ...(filter === undefined ? [] : [vscode.l10n.t("Only paths with “{0}”", filter)]),
    ...(ownOnly === true ? [vscode.l10n.t("Only own layers")] : []),
    ...(wasteOnly === true ? [vscode.l10n.t("Only waste")] : []),
    ...(comparedWith === undefined
      ? []
      : [vscode.l10n.t("Only what changed against {0}", comparedWith)]),
  ].join(" · ");
}

/** By what rows are grouped, for people; "" for layers, which say so themselves. */
export function groupedText({ groupBy = "layer" }: TreeOptions): string {
  switch (groupBy) {
    case "layer":
      return "";
    case "directory":
      return vscode.l10n.t("By directory");
    case "package":
      return vscode.l10n.t("By package");
    case "kind":
      return vscode.l10n.t("By kind of content");
  }
}

function withoutUndefined(options: Changed): TreeOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
