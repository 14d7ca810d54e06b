import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { addBusybox, startEngine, startPodmanService, withEngine } from "../machine/engine.ts";

const starts = { docker: startEngine, podman: startPodmanService };

for (const [kind, start] of Object.entries(starts)) {
  suite(`a private ${kind} engine`, () => {
    const engineOf = withEngine(start, addBusybox);

    test("builds a Dockerfile on a base made on the spot", async (context) => {
      const engine = engineOf(context);
      if (engine === undefined) return;
      await engine.build({
        tag: "made:1",
        dockerfile: "FROM busybox:local\nRUN echo hello > /greeting\nCOPY a.txt /d/\n",
        files: { "a.txt": "a" },
      });
      const history = await engine.run(["history", "-q", "made:1"]);
      assert.equal(history.trim().split("\n").length, 5);
    });
  });
}
