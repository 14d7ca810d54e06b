import { before, describe, test } from "node:test";
import { until, untilText } from "./support/until.ts";
import { withWindow } from "./support/withEditor.ts";
import { aWorkspace } from "./support/workspace.ts";

describe("a Dockerfile that was never built", () => {
  const workspace = aWorkspace();
  const openWindow = withWindow(workspace);

  before(() => {
    workspace.write("Dockerfile", "FROM node:20\nCOPY app /srv/app\nCMD node /srv/app\n");
    workspace.write("app", "x".repeat(30_000));
  });

  test("what COPY takes from the build context stands on its line", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    await shown.untilLine(2, "COPY app /srv/app30 kB (context)");
    await shown.photograph("before-build");
  });

  test("another file there is seen by itself", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    workspace.write("app", "x".repeat(45_000));
    await shown.untilLine(2, "COPY app /srv/app45 kB (context)");
  });

  test("the hover of FROM has a table of smaller bases", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    const hover = await shown.hover(1, "FROM");
    await untilText(hover, "Full distribution", "Smaller ones", "node:20-slim", "node:20-alpine");
    await shown.photograph("before-build-hover");
    await shown.page.keyboard.press("Escape");
  });

  test("the light bulb offers a smaller base, and says what has to be thought of", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    const action = await shown.lightBulb(1, "Switch base to node:20-slim", "node");
    await untilText(action, "was not checked");
    await until(
      async () => {
        await shown.page.keyboard.press("Escape");
        return action.isVisible();
      },
      (isOpen) => !isOpen,
      () => "the light bulb's menu stays open",
    );
  });

  test("the status bar names the target that states the limit, and the platform it holds for", async (t) => {
    const shown = await openWindow(t);
    if (shown === undefined) return;
    workspace.write("app", "x".repeat(150_000));
    await shown.untilLine(2, "COPY app /srv/app150 kB (context)");
    await shown.typeAtEndOf(4, " # tare: platform=linux/amd64 target=micro");
    const told = '[aria-label*="150 kB, 100 kB allowed (target micro, linux/amd64)"]';
    await shown.page.locator(`.statusbar-item[id*="tare.total"] ${told}`).first().waitFor();
  });
});
