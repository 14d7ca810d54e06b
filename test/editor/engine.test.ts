import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { addBusybox, startEngine, withEngine } from "../machine/engine.ts";
import { until, untilText } from "./support/until.ts";
import { withEditor } from "./support/withEditor.ts";
import { aWorkspace } from "./support/workspace.ts";

const dockerfile = `FROM busybox:local
COPY app /srv/app
RUN head -c 3000000 /dev/zero > /srv/cache
RUN rm /srv/cache
CMD ["/srv/app"]
`;

describe("a Dockerfile that was built by a real engine", () => {
  const workspace = aWorkspace();
  const editor = withEditor();
  const engine = withEngine(startEngine, addBusybox);
  after(() => workspace.remove());

  test("is measured without naming its image, and again when it is built again", async (t) => {
    const docker = engine(t);
    const host = docker === undefined ? undefined : editor(t);
    if (docker === undefined || host === undefined) return;
    const build = (appBytes: number): Promise<void> =>
      docker.build({
        tag: "orders:latest",
        dockerfile,
        files: { app: new Uint8Array(appBytes).fill(7) },
      });
    await build(1_500_000);
    workspace.write("Dockerfile", dockerfile);
    workspace.write(
      ".vscode/settings.json",
      JSON.stringify({ "tare.engine.endpoint": docker.endpoint }),
    );
    const window = await host.open(workspace.folder, { file: workspace.path("Dockerfile") });
    await window.untilLine(2, "COPY app /srv/app1.5 MB");
    await window.untilLine(3, /3000000 \/dev\/zero > \/srv\/cache3 MB · all wasted$/);
    const rows = await until(
      () => window.treeRows(),
      (all) => all.length > 0,
      () => "the tree stays empty",
    );
    assert.equal(rows[0]?.label, "orders:latest");
    const hover = await window.hover(1, "FROM");
    await untilText(hover, "history");
    await window.photograph("engine");
    await build(2_500_000);
    await window.untilLine(2, "COPY app /srv/app2.5 MB · +1 MB since the last build");
    await window.close();
  });

  test("has its start measured from the command, after a question, and nothing of it is left", async (t) => {
    const docker = engine(t);
    const host = docker === undefined ? undefined : editor(t);
    if (docker === undefined || host === undefined) return;
    const started = "FROM busybox:local\nCMD echo ready; sleep 60\n";
    await docker.build({ tag: "started:latest", dockerfile: started });
    workspace.write("Dockerfile", `# tare: image=started:latest\n${started}`);
    const window = await host.open(workspace.folder, { file: workspace.path("Dockerfile") });
    await window.untilLine(2, /^FROM busybox:localbase /);
    await window.command("Tare: Measure Start Time");
    const picker = window.page.locator(".quick-input-widget:visible");
    const ticked = picker.locator(".quick-input-list-row", { hasText: "started:latest" }).first();
    await ticked.waitFor();
    await window.page.keyboard.press("Enter");
    const dialog = window.page.locator(".monaco-dialog-box");
    await dialog.waitFor();
    await untilText(dialog, "Start 5 containers of started:latest?");
    await dialog.getByText("Start Them").click();
    await dialog.getByText("Start time, measured").waitFor({ timeout: 60_000 });
    await untilText(dialog, "started:latest", /\d+ ms|\d s/);
    await window.photograph("start-time");
    assert.equal((await docker.run(["ps", "-aq"])).trim(), "");
    await window.close();
  });
});
