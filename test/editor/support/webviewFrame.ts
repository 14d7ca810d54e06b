import assert from "node:assert/strict";
import type { Frame, Page } from "playwright-core";
import { until } from "./until.ts";

/** The page inside a webview that holds such an element. */
export async function frameWith(page: Page, selector: string): Promise<Frame> {
  const found = await until(
    async () => {
      for (const frame of page.frames()) {
        const count = await frame
          .locator(selector)
          .count()
          .catch(() => 0);
        if (count > 0) return frame;
      }
      return undefined;
    },
    (frame) => frame !== undefined,
    () => `no webview shows ${selector}`,
  );
  assert.ok(found !== undefined);
  return found;
}
