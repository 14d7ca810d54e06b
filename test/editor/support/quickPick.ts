import type { EditorWindow } from "./editorWindow.ts";
import { until } from "./until.ts";

/** Takes the first row of the open list that fits, clicking until the list is gone: rows are replaced by newer ones under the pointer. */
export async function pickFromList(
  { page }: Pick<EditorWindow, "page">,
  text: string | RegExp,
): Promise<void> {
  const row = page.locator(".quick-input-list .monaco-list-row", { hasText: text }).first();
  await row.waitFor();
  await until(
    async () => {
      await row.click({ timeout: 500 }).catch(() => undefined);
      return page.locator(".quick-input-widget").isVisible();
    },
    (isOpen) => !isOpen,
    () => `the list stays open at ${String(text)}`,
  );
}
