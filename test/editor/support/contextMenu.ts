import type { Locator } from "playwright-core";
import type { EditorWindow } from "./editorWindow.ts";
import { until } from "./until.ts";

/**
 * Opens the context menu of what is pointed at and takes an entry of it. A menu of VS Code takes no click in its first tenth of a second, so that the
 * click that opened it chooses nothing: the entry is clicked until the menu is gone.
 */
export async function pickFromMenu(
  { page }: EditorWindow,
  target: Locator,
  entry: string,
): Promise<void> {
  await target.click({ button: "right" });
  const menu = page.locator(".context-view .monaco-menu");
  const item = menu.getByText(entry, { exact: true });
  await item.waitFor();
  await until(
    async () => {
      await item.click({ timeout: 500 }).catch(() => undefined);
      return menu.isVisible();
    },
    (isOpen) => !isOpen,
    () => `the menu stays open at ${entry}`,
  );
}
