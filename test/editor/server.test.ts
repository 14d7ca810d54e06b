import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { until } from "./support/until.ts";
import { withEditor } from "./support/withEditor.ts";
import { appImage, aWorkspace, dockerfile } from "./support/workspace.ts";

describe("a language server that is killed", () => {
  const workspace = aWorkspace();
  const editor = withEditor();

  before(async () => {
    workspace.write("Dockerfile", dockerfile);
    await workspace.writeOci("image", appImage());
  });
  after(() => workspace.remove());

  test("is started again by itself, and by a click when it dies too often", async (t) => {
    if (process.platform !== "linux") return t.skip("looks for processes in /proc");
    const host = editor(t);
    const window = await host?.open(workspace.folder, { file: workspace.path("Dockerfile") });
    if (host === undefined || window === undefined) return;
    await window.untilLine(3, "RUN apt-get install -y tool6 MB");

    const [first] = host.languageServers();
    assert.ok(first !== undefined);
    process.kill(first, "SIGKILL");
    await until(
      async () => host.languageServers(),
      (pids) => pids.length > 0 && !pids.includes(first),
      () => "no other server was started",
    );
    await window.typeAtEndOf(3, "s");
    await window.untilLine(3, "RUN apt-get install -y toolswas 6 MB");

    const text = await until(
      async () => {
        for (const pid of host.languageServers()) process.kill(pid, "SIGKILL");
        return window.sideBarText();
      },
      (shown) => shown.includes("does not run"),
      (shown) => `the side bar says ${shown}`,
      90_000,
    );
    assert.match(text, /Start It Again/);
    await window.photograph("server-dead");
    await window.page.locator(".sidebar").getByText("Start It Again").click();
    await window.untilLine(3, "RUN apt-get install -y toolswas 6 MB");
    await window.treeRow("line 3").waitFor();
    await window.close();
  });
});
