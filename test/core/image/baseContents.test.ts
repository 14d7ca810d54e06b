import assert from "node:assert/strict";
import { test } from "node:test";
import { analyse, parseDockerfile } from "../../../server/src/core/analysis.ts";
import { baseContentsOf } from "../../../server/src/core/image/baseContents.ts";
import { hoverAt } from "../../../server/src/core/views/hover.ts";
import { emptyHoverMemory } from "../../../server/src/core/views/hoverCard.ts";
import { anImage } from "../../support/imageBuilder.ts";
import { aWorld } from "../bases/world.ts";

const program = { size: "1kB", mode: 0o755 };

const image = anImage()
  .base({
    "lib/ld-musl-x86_64.so.1": program,
    "bin/busybox": program,
    "bin/zsh": program,
    "sbin/apk": program,
    "usr/bin/python3.12": program,
  })
  .base({ "bin/.wh.zsh": "0", "usr/bin/bash": program })
  .layer(
    { "sbin/.wh.apk": "0", "usr/bin/node": program },
    { createdBy: "RUN /bin/sh -c make # buildkit" },
  );

test("what a base holds is told as it was, whatever lines above it took away or brought", () => {
  assert.deepEqual(baseContentsOf(image.read(), [0, 1]), {
    libcs: ["musl"],
    shells: ["bash", "busybox"],
    packageManagers: ["apk"],
    interpreters: ["python"],
  });
});

test("a base without a program or a library holds none", () => {
  const empty = anImage().layer("app 1kB").read();
  assert.deepEqual(baseContentsOf(empty, [0]), {
    libcs: [],
    shells: [],
    packageManagers: [],
    interpreters: [],
  });
});

/** The fact of the hover on the FROM; a base that nobody knows by name. */
function holds(withImage: boolean): string | undefined {
  const read = image.read();
  const { description } = read;
  const analysis = analyse(
    parseDockerfile("FROM alpine:3.22\nRUN make\n"),
    withImage ? { state: "read", description, read } : undefined,
    {},
    { bases: { world: aWorld({}), heldOf: () => undefined, built: undefined } },
  );
  const card = hoverAt(analysis, 1, { state: "read" }, emptyHoverMemory());
  return card?.facts.find(({ label }) => label === "Holds")?.value;
}

test("the hover says what was found where the base's layers are read, else what its maker says", () => {
  assert.equal(
    holds(true),
    "musl; shells: bash, busybox; package managers: apk; interpreters: python (found in its layers)",
  );
  assert.equal(
    holds(false),
    "musl, a shell (busybox), apk (by its name; its layers were not read)",
  );
});
