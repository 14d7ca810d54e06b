import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { analyse, parseDockerfile } from "../../server/src/core/analysis.ts";
import { hoverAt } from "../../server/src/core/views/hover.ts";
import { emptyHoverMemory } from "../../server/src/core/views/hoverCard.ts";
import { cardToPlainText } from "../../server/src/core/views/hoverText.ts";
import { addBusybox, startEngine, startPodmanService, withEngine } from "../machine/engine.ts";
import { readTagged } from "../support/readTagged.ts";

const text = `FROM busybox:local AS build
RUN mkdir /out && head -c 5000 /dev/zero > /out/a && head -c 700 /dev/zero > /out/b
RUN head -c 99000 /dev/zero > /left
FROM scratch
COPY --from=build /out /app
COPY --from=build /out/a /left /other/
`;

/** What the hovers of both copies say of a real image of that file. */
async function saidOf(
  engine: Parameters<typeof readTagged>[0],
  tag: string,
): Promise<readonly string[]> {
  const read = await readTagged(engine, tag);
  const image = { state: "read", description: read.description, read } as const;
  const analysis = analyse(parseDockerfile(text), image);
  return [...text.matchAll(/^COPY/gm)].map(({ index }) => {
    const card = hoverAt(analysis, index, { state: "read" }, emptyHoverMemory());
    return card === undefined ? "" : cardToPlainText(card);
  });
}

suite("what COPY --from takes of a stage, in images of real engines", () => {
  const docker = withEngine(startEngine, addBusybox);
  const podman = withEngine(startPodmanService, addBusybox);
  const builders = [
    { builder: "classic", engineOf: docker },
    { builder: "buildkit", engineOf: docker },
    { builder: "podman", engineOf: podman },
  ] as const;
  for (const { builder, engineOf } of builders) {
    test(`${builder}: bytes and files of each copy, to the last one, and nothing of what stayed behind`, async (context) => {
      const engine = engineOf(context);
      if (engine === undefined) return;
      const tag = `taken:${builder}`;
      const kind = builder === "podman" ? {} : { builder };
      await engine.build({ tag, dockerfile: text, ...kind });
      const [out = "", both = ""] = await saidOf(engine, tag);
      for (const [said, bytes] of [
        [out, "5,700"],
        [both, "104,000"],
      ] as const) {
        assert.match(said, /from the stage build/);
        assert.match(said, new RegExp(`Exactly: ${bytes} B in 1 layer`));
        assert.match(said, /Brought: 2 files/);
        assert.match(said, /what lines 1, 2, 3 brought to it is not known/);
      }
    });
  }
});
