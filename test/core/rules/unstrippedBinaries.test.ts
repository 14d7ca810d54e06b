import assert from "node:assert/strict";
import { test } from "node:test";
import { unstrippedBinaries } from "../../../server/src/core/rules/unstrippedBinaries.ts";
import { checkFix, checkRule, ruleFindings } from "../../support/checkRule.ts";
import { anElf } from "../../support/elfWriter.ts";
import { anImage } from "../../support/imageBuilder.ts";

const program = (options: Parameters<typeof anElf>[0] = {}) => ({
  content: anElf({
    ...options,
    sections: { ".debug_info": 200_000, ".symtab": { type: 2, bytes: 50_000 } },
  }),
});
const goProgram = program({ go: { version: "go1.22.1", modules: "", form: "inline" } });
const copied = { createdBy: "COPY /out/app /app # buildkit" };

const goFile = (build: string) =>
  `FROM golang:1.22 AS build\nRUN ${build}\nFROM scratch\nCOPY --from=build /out/app /app\n`;

test("text alone: a Go program that is copied with its symbols", () => {
  checkRule(
    unstrippedBinaries,
    undefined,
    `FROM golang:1.22 AS build
RUN go build -o /out/app .
FROM scratch
COPY --from=build /out/app /app
#^^^ unstripped-binaries: The Go program is built with its symbols and debug information; \`-ldflags="-s -w"\` leaves them out.
`,
  );
  checkFix(
    unstrippedBinaries,
    undefined,
    goFile("go build -o /out/app ."),
    goFile('go build -ldflags="-s -w" -o /out/app .'),
  );
  checkFix(
    unstrippedBinaries,
    undefined,
    goFile('CGO_ENABLED=0 go build -ldflags "-X main.v=1" -o /out/app .'),
    goFile('CGO_ENABLED=0 go build -ldflags "-s -w -X main.v=1" -o /out/app .'),
  );
});

test("text alone: silent where symbols are left out, stripped, or where it is not certain", () => {
  for (const build of [
    'go build -ldflags="-s -w" -o /out/app .',
    "go build -ldflags='-X a=b -s' -o /out/app .",
    'go build -ldflags="$FLAGS -s" -o /out/app .',
    "GOFLAGS=-ldflags=-s go build -o /out/app .",
    "go build -o /out/app . && strip /out/app",
    "go build -o /out/other .",
    "go build -o /out/app . && go build -o /out/b ./b",
    "make",
  ]) {
    checkRule(unstrippedBinaries, undefined, goFile(build));
  }
  checkRule(unstrippedBinaries, undefined, "FROM golang\nRUN go build -o /app .\n");
});

test("the image says exactly how many bytes are symbols, and the build in the other stage leaves them out", () => {
  const image = anImage().layer({ app: goProgram }, copied);
  checkRule(
    unstrippedBinaries,
    image,
    `FROM golang:1.22 AS build
RUN go build -o /out/app .
FROM scratch
COPY --from=build /out/app /app
#^^^ unstripped-binaries: 250 kB of symbols and debug information are in \`/app\`.
`,
  );
  const [finding] = ruleFindings(unstrippedBinaries, image, goFile("go build -o /out/app ."));
  assert.deepEqual(finding?.fixes[0]?.saving, { bytes: 250_000, basis: "predicted" });
});

test("a stripped program in the image ends what its text suggests", () => {
  const image = anImage().layer({ app: { content: anElf({ sections: {} }) } }, copied);
  checkRule(unstrippedBinaries, image, goFile("go build -o /out/app ."));
});

test("C and Rust are linked without symbols", () => {
  const image = anImage().layer({ app: program() }, copied);
  const before = goFile("gcc -O2 -o /out/app main.c").replace("golang:1.22", "gcc");
  const [c] = ruleFindings(unstrippedBinaries, image, before);
  assert.equal(c?.fixes[0]?.title, "Link without symbols (`-s`)");
  const [rust] = ruleFindings(unstrippedBinaries, image, goFile("cargo build --release"));
  assert.deepEqual(
    rust?.fixes[0]?.edits.map(({ newText }) => newText),
    ["CARGO_PROFILE_RELEASE_STRIP=symbols "],
  );
  const [both] = ruleFindings(unstrippedBinaries, image, goFile("gcc -o a a.c && gcc -o b b.c"));
  assert.deepEqual(both?.fixes, []);
});

test("strip in the same RUN, where the image has it, of files that no package owns", () => {
  const text = "FROM debian:12\nRUN make install\n";
  const run = { createdBy: "RUN /bin/sh -c make install # buildkit" };
  const image = anImage()
    .base("usr/bin/strip 1kB")
    .layer({ "usr/local/bin/tool": program(), "usr/local/lib/libt.so": program({ type: 3 }) }, run);
  checkRule(
    unstrippedBinaries,
    image,
    `FROM debian:12
RUN make install
#^^ unstripped-binaries: 500 kB of symbols and debug information are in 2 files of this layer, 250 kB of it in \`/usr/local/bin/tool\`.
`,
  );
  const [finding] = ruleFindings(unstrippedBinaries, image, text);
  assert.equal(
    finding?.fixes[0]?.edits[0]?.newText,
    " && strip /usr/local/bin/tool /usr/local/lib/libt.so",
  );
  const without = anImage().base("bin/sh 1kB").layer({ "usr/local/bin/tool": program() }, run);
  assert.deepEqual(ruleFindings(unstrippedBinaries, without, text)[0]?.fixes, []);
});

test("object files, hidden programs and programs of the base are not spoken of", () => {
  const run = { createdBy: "RUN /bin/sh -c make # buildkit" };
  checkRule(
    unstrippedBinaries,
    anImage()
      .base({ "bin/a": program() })
      .layer({ "src/a.o": program({ type: 1 }) }, run),
    "FROM debian:12\nRUN make\n",
  );
  checkRule(
    unstrippedBinaries,
    anImage()
      .base("bin/sh 1kB")
      .layer({ "bin/a": program() }, run)
      .layer({ "bin/.wh.a": "0" }, { createdBy: "RUN /bin/sh -c rm /bin/a # buildkit" }),
    "FROM debian:12\nRUN make\nRUN rm /bin/a\n",
  );
});
