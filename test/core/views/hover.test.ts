import assert from "node:assert/strict";
import { test } from "node:test";
import type { Analysis } from "../../../server/src/core/analysis.ts";
import { hoverAt } from "../../../server/src/core/views/hover.ts";
import { emptyHoverMemory } from "../../../server/src/core/views/hoverCard.ts";
import { cardToMarkdown, cardToPlainText } from "../../../server/src/core/views/hoverText.ts";
import type { ImageContext } from "../../../server/src/core/views/imageContext.ts";
import { analysisOf, describedAnalysisOf, textAnalysisOf } from "../../support/analysisOf.ts";
import { anImage } from "../../support/imageBuilder.ts";

const readContext: ImageContext = { state: "read", reference: "app:latest", chosenBy: "history" };

/** The card under the first occurrence of `at`. */
function cardAt(analysis: Analysis, at: string, context = readContext) {
  const offset = analysis.dockerfile.text.indexOf(at);
  return hoverAt(analysis, offset, context, emptyHoverMemory());
}

function markdownAt(analysis: Analysis, at: string, context = readContext): string {
  const card = cardAt(analysis, at, context);
  return card === undefined ? "" : cardToMarkdown(card);
}

const file = `# tare: budget=200MB
FROM debian:12
RUN fetch
COPY app /app
RUN clean
CMD ["/app"]
`;

const image = anImage()
  .base("bin/sh 70MB, usr/share/doc/a 2MB")
  .layer("var/lists/main 38MB, var/lists/extra 2MB, usr/lib/tool 10MB", {
    createdBy: "RUN /bin/sh -c fetch # buildkit",
  })
  .layer("app/app 20MB", { createdBy: "COPY app /app # buildkit" })
  .layer(
    { "var/.wh.lists": "0", "usr/share/.wh.doc": "0" },
    {
      createdBy: "RUN /bin/sh -c clean # buildkit",
    },
  )
  .transferBytes(30e6, 20e6, 8e6, 200);

test("an instruction's card: exact bytes, share, largest paths, waste with who hid it", () => {
  const said = markdownAt(analysisOf(file, image), "RUN fetch");
  const [title, facts, largestHead, largest, wastedHead, wasted] = said.split("\n\n");
  assert.equal(title, "**50 MB · 35% of the image**");
  assert.match(
    facts!,
    /^- Exactly: 50,000,000 B in 1 layer\n- Wasted: 40 MB \(40,000,000 B\)\n- Layer: 2 of 4\n- diffId: `[0-9a-f]{12}`$/,
  );
  assert.equal(largestHead, "Largest in this layer:");
  assert.equal(
    largest,
    "- 38 MB `var/lists/main`\n- 10 MB `usr/lib/tool`\n- 2 MB `var/lists/extra`",
  );
  assert.equal(wastedHead, "Wasted here:");
  assert.equal(wasted, "- 40 MB deleted by line 5, 2 files, most in `var/lists/main`");
});

test("links stand for files only, and no name of a file ends one", () => {
  const names = ["a `b` ](x) \u0001", "x".repeat(500)];
  const odd = anImage()
    .base("bin/sh 70MB")
    .layer(
      {
        ...Object.fromEntries(names.map((name) => [name, "9MB"])),
        "dir/a": "3MB",
        "dir/b": "3MB",
        "dir/c": "3MB",
      },
      { createdBy: "RUN /bin/sh -c fetch # buildkit" },
    );
  const card = cardAt(analysisOf(file, odd), "RUN fetch");
  const asked: unknown[] = [];
  const openFile = (path: string, layer: number): string => {
    asked.push([path, layer]);
    return "command:x";
  };
  const said = cardToMarkdown(card!, { openFile });
  assert.deepEqual(asked, [[names[0], 1]]);
  assert.match(said, /- 9 MB \[``a `b` \]\(x\) .*``\]\(command:x\)\n/);
  assert.match(said, /- 9 MB `x+…x+`\n/);
  assert.match(said, /- 9 MB `dir\/`/);
});

test("the line that hides bytes of others says whose", () => {
  const said = markdownAt(analysisOf(file, image), "RUN clean");
  assert.match(said, /- Hides: 42 MB \(42,000,000 B\) of earlier layers/);
  assert.match(said, /- 40 MB deleted, written by line 3, 2 files, most in `var\/lists\/main`/);
  assert.match(said, /- 2 MB deleted, written by the base image `usr\/share\/doc\/a`/);
});

test("the last FROM speaks for the base and for the whole image", () => {
  const said = markdownAt(analysisOf(file, image), "FROM");
  assert.match(said, /^\*\*base 72 MB · 51% of the image · image 142 MB\*\*/);
  for (const fact of [
    "Whole image: 142 MB (142,000,000 B)",
    "Base: 72,000,000 B in 1 layer",
    "Own part: 70 MB (70,000,000 B)",
    "Wasted in all: 42 MB (42,000,000 B)",
    "Final file system: 100 MB (100,000,000 B)",
    "Compressed transfer: 58 MB (58,000,200 B)",
    "Image: `app:latest`",
    "Platform: `linux/amd64`",
    "Read from: the container engine",
    "Image chosen: matched by its history: no comment or setting names an image for this file",
  ]) {
    assert.ok(said.includes(`- ${fact}`), fact);
  }
});

test("before the files are read the card says so, and has no waste", () => {
  const said = markdownAt(describedAnalysisOf(file, image), "RUN fetch", { state: "reading" });
  assert.match(said, /50 MB/);
  assert.match(said, /files of the layers are being read/);
  assert.doesNotMatch(said, /Wasted|Largest/);
});

test("a line whose layer has no figure yet says so, not 0", () => {
  const analysis = describedAnalysisOf(file, image, { withHistoryBytes: false });
  const said = markdownAt(analysis, "RUN fetch", { state: "reading" });
  assert.match(said, /^\*\*Size not known yet\*\*/);
  assert.match(said, /files of the layers are being read/);
  assert.doesNotMatch(said, /\d/);
});

test("a line of an image that does not fit says why it has no number", () =>
  assert.match(
    markdownAt(analysisOf("FROM x\nRUN one\nRUN two\nCOPY a /b\nRUN three\n", image), "RUN two"),
    /^\*\*Size not known\*\*\n\n.*does not fit this Dockerfile/,
  ));

test("when reading failed the card says why", () =>
  assert.match(
    markdownAt(describedAnalysisOf(file, image), "RUN fetch", {
      state: "failed",
      message: "Reading the image was cancelled: refresh to read it again.",
    }),
    /Reading the image was cancelled/,
  ));

test("a changed line says that its number is of the last build", () => {
  const said = markdownAt(
    analysisOf(file.replace("RUN fetch", "RUN fetch --all"), image),
    "RUN fetch --all",
  );
  assert.match(said, /as last built/);
  assert.match(said, /this line has changed since/);
});

test("lines that can have no bytes have no card, and places between lines neither", () => {
  const analysis = analysisOf(file, image);
  assert.equal(cardAt(analysis, "CMD"), undefined);
  assert.equal(hoverAt(analysis, file.length, readContext, emptyHoverMemory()), undefined);
});

test("without an image only the last FROM speaks, and says what to do", () => {
  const analysis = textAnalysisOf(file);
  const none: ImageContext = { state: "none", message: "Build it once." };
  assert.match(markdownAt(analysis, "FROM", none), /Build it once/);
  assert.equal(markdownAt(analysis, "RUN fetch", none), "");
  assert.equal(markdownAt(analysis, "FROM", { state: "untrusted" }), "");
});

test("keys of a tare comment are explained", () =>
  assert.match(markdownAt(textAnalysisOf(file), "budget"), /most bytes that all layers together/));

test("nothing from the image becomes Markdown", () => {
  const hostile = "`](command:evil)\n# <img>\u202e|";
  const said = markdownAt(
    analysisOf(
      "FROM x\nRUN a\n",
      anImage()
        .base("b 1")
        .layer({ [hostile]: "5MB" }, { createdBy: "RUN /bin/sh -c a # buildkit" }),
    ),
    "RUN a",
  );
  assert.ok(said.includes("`` `](command:evil)\\x0a# <img>\\u202e| ``"), said);
});

test("plain text for clients without Markdown", () => {
  const said = cardToPlainText(cardAt(analysisOf(file, image), "RUN fetch")!);
  assert.match(said, /^50 MB · 35% of the image\nExactly: 50,000,000 B in 1 layer\n/);
  assert.match(said, /\n {2}38 MB var\/lists\/main\n/);
  assert.doesNotMatch(said, /[*`]/);
});
