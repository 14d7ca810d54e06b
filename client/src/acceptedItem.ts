import type * as vscode from "vscode";

/**
 * Shows a list until an item of it is taken; undefined when the user leaves it. Of an item that was replaced by newer ones while it was clicked nothing
 * is selected: the list stays for another click.
 */
export function acceptedItem<Item extends vscode.QuickPickItem>(
  pick: vscode.QuickPick<Item>,
): Promise<Item | undefined> {
  return new Promise((decided) => {
    pick.onDidAccept(() => {
      const [taken] = pick.selectedItems;
      if (taken !== undefined) decided(taken);
    });
    pick.onDidHide(() => decided(undefined));
    pick.show();
  });
}
