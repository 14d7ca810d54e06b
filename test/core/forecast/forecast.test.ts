import assert from "node:assert/strict";
import { test } from "node:test";
import type { Analysis, ContextKnowledge, HeldBase } from "../../../server/src/core/analysis.ts";
import { analyse, builtBaseOf, parseDockerfile } from "../../../server/src/core/analysis.ts";
import type { BaseFindings } from "../../../server/src/core/bases/baseFacts.ts";
import { noSizes } from "../../../server/src/core/bases/baseSize.ts";
import { buildContextOf } from "../../../server/src/core/context/buildContext.ts";
import { parseDockerignore } from "../../../server/src/core/dockerfile/dockerignore.ts";
import { hoverAt } from "../../../server/src/core/views/hover.ts";
import { emptyHoverMemory } from "../../../server/src/core/views/hoverCard.ts";
import { cardToMarkdown, cardToPlainText } from "../../../server/src/core/views/hoverText.ts";
import { sizeNotes } from "../../../server/src/core/views/inlay.ts";
import { noticesOf } from "../../../server/src/core/views/diagnostics.ts";
import { statusOf } from "../../../server/src/core/views/status.ts";
import { anImage, type ImageBuilder } from "../../support/imageBuilder.ts";
import { aWorld, engineSize } from "../bases/world.ts";
import { aContext } from "../context/contextBuilder.ts";

interface World {
  readonly image?: ImageBuilder;
  readonly files?: Readonly<Record<string, number | string>>;
  readonly ignore?: string;
  readonly source?: ContextKnowledge["source"];
  readonly bases?: Readonly<Record<string, BaseFindings>>;
  readonly held?: Readonly<Record<string, HeldBase>>;
  /** The text that the image was built from. */
  readonly builtFrom?: string;
  readonly budgetBytes?: number;
}

const engine = (bytes: number): BaseFindings => ({
  engine: { ...noSizes, content: engineSize(bytes) },
});

function foreseen(text: string, world: World): Analysis {
  const { bases = {}, held = {}, budgetBytes } = world;
  const read = world.image?.read();
  const image =
    read === undefined
      ? undefined
      : ({ state: "read", description: read.description, read } as const);
  const before = world.builtFrom === undefined ? undefined : parseDockerfile(world.builtFrom);
  const fitting = before && image && analyse(before, image).attribution;
  const built = before && image && fitting && builtBaseOf(before, image, fitting);
  return analyse(parseDockerfile(text), image, budgetBytes === undefined ? {} : { budgetBytes }, {
    bases: { world: aWorld(bases), heldOf: (name) => held[name], built },
    context: contextOf(world),
  });
}

function contextOf({ files, ignore = "", source = "directive" }: World) {
  return (
    files && {
      context: buildContextOf(aContext(files), parseDockerignore(ignore).value),
      archives: new Map(),
      folder: "/work",
      source,
      others: [],
    }
  );
}

/** The Dockerfile with each note behind its line, in brackets. */
function noted(text: string, world: World): string {
  const analysis = foreseen(text, world);
  return sizeNotes(analysis, { minimumBytes: 1 }).reduceRight(
    (noted, { offset, text: note }) => `${noted.slice(0, offset)} [${note}]${noted.slice(offset)}`,
    text,
  );
}

function saidAt(text: string, at: string, world: World): string {
  const analysis = foreseen(text, world);
  const card = hoverAt(analysis, text.indexOf(at), { state: "none" }, emptyHoverMemory());
  return card === undefined ? "" : cardToPlainText(card);
}

test("without an image, bases and what is copied have sizes, each with where it is from", () =>
  assert.equal(
    noted('FROM app-base\nENV A=1\nCOPY . /srv\nCMD ["/srv/app"]\n', {
      files: { app: 9_000_000, "src/a": 200_000 },
      bases: { "app-base": engine(70e6) },
    }),
    `FROM app-base [base 70 MB (engine) · predicted 79.2 MB]
ENV A=1
COPY . /srv [9.2 MB (context)]
CMD ["/srv/app"]
`,
  ));

test("a figure of the table says so, and of when it is", () =>
  assert.match(
    noted("FROM debian:12-slim\n", {}),
    /^FROM debian:12-slim \[base [\d.]+ MB \(table 20\d\d-\d\d\)/,
  ));

test("what only a build tells is named, never counted as 0", () => {
  const world = { files: { app: 1000 }, bases: { b: engine(5e6) } };
  assert.match(
    noted("FROM b\nRUN make\nCOPY app /\n", world),
    /predicted 5 MB \+ line 2 unknown\]/,
  );
  assert.match(
    noted("FROM b\nRUN make\nCOPY app /\nRUN x\nRUN y\n", world),
    /predicted 5 MB \+ 3 lines unknown\]/,
  );
  assert.match(
    noted("FROM own/x\nCOPY app /\nRUN x\n", world),
    /predicted 1 kB \+ base and line 3 unknown\]/,
  );
  assert.equal(
    noted("FROM private.example/x\nRUN make\n", {}),
    "FROM private.example/x\nRUN make\n",
  );
});

test("a line of the .dockerignore, another base and a removed COPY move the sum at once", () => {
  const files = { app: 9_000_000, log: 1_000_000 };
  const bases = { b: engine(70e6), c: engine(8e6) };
  assert.match(noted("FROM b\nCOPY . /\n", { files, bases }), /predicted 80 MB/);
  assert.match(noted("FROM b\nCOPY . /\n", { files, bases, ignore: "log\n" }), /predicted 79 MB/);
  assert.match(noted("FROM c\nCOPY . /\n", { files, bases }), /predicted 18 MB/);
  assert.match(noted("FROM b\n", { files, bases }), /predicted 70 MB/);
});

const image = anImage()
  .base("bin/sh 70MB")
  .layer("tool 40MB", { createdBy: "RUN /bin/sh -c fetch # buildkit" })
  .layer("app 9MB", { createdBy: "COPY app / # buildkit" });
const file = "FROM b\nRUN fetch\nCOPY app /\n";

test("an image that is what the file says needs no prediction", () =>
  assert.equal(
    noted(file, { image, files: { app: 9_000_000 }, bases: { b: engine(70e6) }, builtFrom: file }),
    "FROM b [base 70 MB · image 119 MB]\nRUN fetch [40 MB]\nCOPY app / [9 MB]\n",
  ));

test("with an image, edits move the prediction: a removed line, another base, other files", () => {
  const world = { image, files: { app: 9_000_000 }, bases: { c: engine(8e6) }, builtFrom: file };
  assert.match(
    noted("FROM b\nRUN fetch\n", world),
    /^FROM b \[base 70 MB · image 119 MB · predicted 110 MB\]/,
  );
  assert.match(
    noted(file.replace("FROM b", "FROM c"), world),
    /^FROM c \[base 8 MB \(engine\) · was base 70 MB · image 119 MB · predicted 57 MB\]/,
  );
  assert.match(
    noted(file.replace("FROM b", "FROM d"), world),
    /^FROM d \[was base 70 MB · image 119 MB · predicted 49 MB \+ base unknown\]/,
  );
  assert.match(noted(file, { ...world, files: { app: 1_000_000 } }), /predicted 111 MB\]/);
});

test("a changed COPY shows what it takes now beside what it was", () =>
  assert.match(
    noted("FROM b\nRUN fetch\nCOPY app extra /\n", {
      image,
      files: { app: 9_000_000, extra: 500_000 },
      builtFrom: file,
    }),
    /^COPY app extra \/ \[9\.5 MB \(context\) · was 9 MB\]$/m,
  ));

test("a base that the engine holds is certain; one that was pulled anew since is what the next build takes", () => {
  const { layers, config } = image.describe();
  const [base] = layers.map(({ diffId }) => diffId);
  const held = { platform: config.platform, diffIds: [base!], hasTriggers: false };
  const certain = foreseen(file, { image, held: { b: held } });
  assert.equal(certain.attribution?.instructions[0]?.confidence, "certain");
  assert.equal(foreseen(file, { image }).attribution?.instructions[0]?.confidence, "likely");
  const other = { ...held, diffIds: [layers[1]!.diffId] };
  assert.match(
    noted(file, { image, held: { b: other }, bases: { b: engine(60e6) } }),
    /^FROM b \[base 70 MB · image 119 MB · predicted 109 MB\]/,
  );
});

test("where nobody names the context and nothing copied lies there, nothing is counted", () => {
  const text = "FROM b\nCOPY package.json /\nCOPY . /\n";
  const world = { files: { Dockerfile: 80 }, source: "dockerfile" } as const;
  assert.equal(noted(text, world), text);
  const said = saidAt(text, "COPY .", world);
  assert.match(said, /package\.json is not in the build context/);
  assert.match(said, /# tare: context=FOLDER/);
  assert.match(noted(text, { ...world, source: "directive" }), /COPY \. \/ \[80 B \(context\)\]/);
});

test("the hover of COPY that finds nothing says where was looked, and how that folder was chosen", () => {
  const said = saidAt("FROM b\nCOPY app /\nCOPY gone /\n", "COPY gone", {
    files: { app: 9 },
    source: "dockerfile",
  });
  for (const part of ["gone is not in the build context", "Build context: ", "Nothing names the"]) {
    assert.ok(said.includes(part), `${part} should stand in\n${said}`);
  }
});

test("the hover of COPY has exact bytes, the largest paths, and how the context is known", () => {
  const said = saidAt("FROM b\nCOPY . /srv\n", "COPY", {
    files: { app: 9_000_000, "src/a": 200_000 },
    source: "dockerfile",
  });
  for (const part of [
    "9.2 MB from the build context",
    "9,200,000 B in 2 files",
    "9 MB app",
    "Nothing names the build context",
  ]) {
    assert.ok(said.includes(part), `${part} should stand in\n${said}`);
  }
});

test("the hover of FROM says what the base is, and what smaller ones weigh", () => {
  const analysis = foreseen("FROM node:20\nRUN apt-get update\n", {});
  const card = hoverAt(
    analysis,
    0,
    { state: "none", message: "Build it once." },
    emptyHoverMemory(),
  );
  const said = cardToMarkdown(card!);
  for (const part of [
    /Kind: Full distribution/,
    /Holds: Node/,
    /apt/,
    /For this stage:/,
    /Smaller ones:/,
    /\| Image \| Size \| Compressed \| Difference \| To think of \|/,
    /\| node:20-slim \|/,
    /Build it once/,
  ]) {
    assert.match(said, part);
  }
});

test("the hover of the last FROM says what the prediction is made of", () => {
  const said = saidAt("FROM b\nRUN make\nCOPY app /\n", "FROM", {
    files: { app: 9_000_000 },
    bases: { b: engine(70e6) },
  });
  for (const part of [
    /70 MB base image, as the engine holds it/,
    /9 MB counted in the build context/,
    /\? line 2, only a build tells: RUN make/,
    /Next build, at least: 79 MB/,
  ]) {
    assert.match(said, part);
  }
});

test("a base without a figure is not known, which is no matter of a build", () => {
  const said = saidAt("FROM own/x\nCOPY app /\n", "FROM", { files: { app: 9_000_000 } });
  assert.match(said, /^predicted 9 MB \+ base unknown · base of unknown size/);
  assert.match(said, /\? line 1, not known: FROM own\/x/);
});

test("budgets without an image are held against the prediction, as such; unknown parts never break one", () => {
  const world = { files: { app: 9_000_000 }, bases: { b: engine(70e6) } };
  const over = foreseen("FROM b\nCOPY app /\n", { ...world, budgetBytes: 75e6 });
  assert.deepEqual(
    noticesOf(over)
      .filter(({ code }) => code === "over-budget")
      .map(({ severity, message }) => [severity, message]),
    [
      [
        "warning",
        "The image is predicted to weigh 79 MB, 4 MB over the budget of 75 MB; it is not built yet.",
      ],
    ],
  );
  assert.equal(over.budgets[0]?.crossedBy, 1);
  const open = foreseen("FROM b\nRUN make\nCOPY app /\n", { ...world, budgetBytes: 80e6 });
  assert.equal(open.budgets[0]?.actualBytes, undefined);
  const sure = foreseen("FROM b\nRUN make\nCOPY app /\n", { ...world, budgetBytes: 60e6 });
  assert.match(
    noticesOf(sure)
      .map(({ message }) => message)
      .join("\n"),
    /at least 79 MB/,
  );
});

test("the status has the prediction beside what was measured", () => {
  const world = { image, files: { app: 9_000_000 }, builtFrom: file };
  const status = statusOf(foreseen("FROM b\nRUN fetch\n", world), { state: "read" });
  assert.equal(status.totalText, "119 MB");
  assert.equal(status.predictedText, "110 MB");
  assert.equal(statusOf(foreseen(file, world), { state: "read" }).predictedText, undefined);
});
