import assert from "node:assert/strict";
import { test } from "node:test";
import type { BaseKnowledge } from "../../../server/src/core/analysis.ts";
import { analyse, parseDockerfile } from "../../../server/src/core/analysis.ts";
import { noSizes } from "../../../server/src/core/bases/baseSize.ts";
import { hoverAt } from "../../../server/src/core/views/hover.ts";
import { emptyHoverMemory } from "../../../server/src/core/views/hoverCard.ts";
import { cardToPlainText } from "../../../server/src/core/views/hoverText.ts";
import { anImage, type ImageBuilder } from "../../support/imageBuilder.ts";
import { aWorld, engineSize } from "../bases/world.ts";

const bases: BaseKnowledge = {
  world: aWorld({ toolchain: { engine: { ...noSizes, content: engineSize(870_000_000) } } }),
  heldOf: () => undefined,
  built: undefined,
};

const built = anImage().layer("app/program 5MB, app/words 1MB", {
  createdBy: "COPY /out /app # buildkit",
});

/** The hover of the last COPY, line by line. */
function saidOf(text: string, image: ImageBuilder | undefined, withBases = true): string[] {
  const read = image?.read();
  const known = read && ({ state: "read", description: read.description, read } as const);
  const surroundings = withBases ? { bases } : {};
  const analysis = analyse(parseDockerfile(text), known, {}, surroundings);
  const at = text.lastIndexOf("COPY");
  const card = hoverAt(analysis, at, { state: "none" }, emptyHoverMemory());
  return card === undefined ? [] : cardToPlainText(card).split("\n");
}

/** Whether each of these is a line of what is said. */
function checkSaid(said: readonly string[], expected: readonly string[]): void {
  for (const line of expected)
    assert.ok(said.includes(line), `${line}\nis missing in\n${said.join("\n")}`);
}

test("a copy from a stage says what it took, and what of that stage is not known", () =>
  checkSaid(
    saidOf("FROM toolchain AS build\nRUN make\nFROM scratch\nCOPY --from=build /out /app\n", built),
    [
      "6 MB · 100% of the image · from the stage build",
      "Exactly: 6,000,000 B in 1 layer",
      "Brought: 2 files",
      "The whole stage: at least 870 MB, predicted",
      "  5 MB app/program",
      "The image holds only what was copied of this stage: what line 2 brought to it is not known.",
    ],
  ));

test("of a stage of which nothing is known, just that is said", () =>
  checkSaid(
    saidOf("FROM own/tools AS build\nRUN make\nFROM scratch\nCOPY --from=0 /out /app\n", built),
    [
      "6 MB · 100% of the image · from the stage 0",
      "The whole stage: not known",
      "The image holds only what was copied of this stage: what lines 1, 2 brought to it is not known.",
    ],
  ));

test("of a stage that the image stands on, too, all is measured", () =>
  checkSaid(
    saidOf(
      "FROM scratch AS base\nCOPY a /a\nFROM base\nCOPY --from=base /a /b\n",
      anImage()
        .layer("a 5MB", { createdBy: "COPY a /a # buildkit" })
        .layer("b 5MB", { createdBy: "COPY /a /b # buildkit" }),
    ),
    [
      "5 MB · 50% of the image · from the stage base",
      "Brought: 1 file",
      "The whole stage: 5 MB, measured",
    ],
  ));

test("a copy from another image names it, and says nothing of the rest of that image", () => {
  const said = saidOf("FROM scratch\nCOPY --from=own/tools:1 /out /app\n", built);
  checkSaid(said, ["6 MB · 100% of the image · from own/tools:1", "Brought: 2 files"]);
  assert.ok(said.every((line) => !line.includes("stage")));
});

test("without an image a copy from a stage has no card", () =>
  assert.deepEqual(
    saidOf("FROM toolchain AS build\nFROM scratch\nCOPY --from=build /out /app\n", undefined),
    [],
  ));

test("files of a changed line are those of the last build", () => {
  const text = "FROM toolchain AS build\nFROM scratch\nCOPY --from=build /out /other\n";
  checkSaid(saidOf(text, built), ["Brought: 2 files as last built"]);
});
