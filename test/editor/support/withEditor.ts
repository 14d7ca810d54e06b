import { after, before } from "node:test";
import { killAll } from "../../machine/processes.ts";
import type { EditorWindow } from "./editorWindow.ts";
import { startEditor, type EditorHost, type EditorHostOptions } from "./editorHost.ts";
import type { Workspace } from "./workspace.ts";

/** Hosts that were started in this process, by their options: files with the same wishes share one. */
const hosts = new Map<string, Promise<EditorHost | string>>();

// At the top of the file that imports this first, so that it runs after the tests of all.
after(async () => {
  for (const host of await Promise.all(hosts.values())) {
    if (typeof host !== "string") await host.stop();
  }
});

/** Gives the tests of a suite a real editor. The function returned yields it, or skips the calling test where no editor can be had. */
export function withEditor(
  options: EditorHostOptions = {},
): (test: { skip(reason: string): void }) => EditorHost | undefined {
  let host: EditorHost | string = "not started";
  before(async () => {
    const key = JSON.stringify(options);
    const known = hosts.get(key);
    if (known === undefined) process.once("exit", killAll);
    const started = known ?? startEditor(options);
    hosts.set(key, started);
    host = await started;
    if (typeof host === "string") console.log(`# editor tests skipped: ${host}`);
  });
  return (test) => {
    if (typeof host !== "string") return host;
    test.skip(`no editor can be had here: ${host}`);
    return undefined;
  };
}

/**
 * Gives the tests of a suite one window on the workspace's Dockerfile, opened by the first that asks: they follow one person's way through it. The
 * function returned yields it, or skips the calling test where no editor can be had. Window and workspace are gone after the last test.
 */
export function withWindow(
  workspace: Workspace,
): (test: { skip(reason: string): void }) => Promise<EditorWindow | undefined> {
  const editor = withEditor();
  let window: EditorWindow | undefined;
  after(async () => {
    await window?.close();
    workspace.remove();
  });
  return async (test) => {
    window ??= await editor(test)?.open(workspace.folder, { file: workspace.path("Dockerfile") });
    return window;
  };
}
