import assert from "node:assert/strict";
import { test } from "node:test";
import { lineStyleOf } from "../../../server/src/core/scratch/finalStageText.ts";
import { copyLines } from "../../../server/src/core/scratch/toScratchLines.ts";
import { applyEdits } from "../../../server/src/core/text/edit.ts";
import { anImage } from "../../support/imageBuilder.ts";
import { aProgram, aSystem, rewritesOf, scratchInputOf } from "./toScratchCase.ts";

const app = aProgram();
const reasons = (...args: Parameters<typeof rewritesOf>) =>
  rewritesOf(...args).refusals.map(({ reason }) => reason);

/** COPY lines of files from a stage `b`; a path with a slash at its end is a directory. */
function copiesOf(...paths: readonly string[]): readonly string[] | undefined {
  const { dockerfile, chain } = scratchInputOf("FROM a\n", undefined);
  const style = lineStyleOf(dockerfile, chain[0]!);
  const copied = paths.map((path) => ({
    path: path.replace(/\/$/, ""),
    isDirectory: path.endsWith("/"),
    bytes: 0,
    why: "asset" as const,
    owner: undefined,
    isOfSeveral: false,
  }));
  return copyLines(style, "b", { copied, links: [], directories: [], bytes: 0 });
}

test("COPY lines: one for each directory, patterns and blanks taken as they are", () => {
  assert.deepEqual(copiesOf("app", "etc/a", "etc/b", "usr/share/zoneinfo/"), [
    "COPY --from=b /app /app",
    "COPY --from=b /etc/a /etc/b /etc/",
    "COPY --from=b /usr/share/zoneinfo/ /usr/share/zoneinfo/",
  ]);
  assert.deepEqual(copiesOf("a b/[c]*"), ['COPY --from=b ["/a b/[[]c][*]", "/a b/[c]*"]']);
  assert.deepEqual(copiesOf("größe/ø"), ["COPY --from=b /größe/ø /größe/ø"]);
  for (const path of ["a$b", 'a"b', "a'b", "a\\b", "a\nb"]) {
    assert.equal(copiesOf(path), undefined, path);
  }
  const long = Array.from({ length: 3 }, (_, at) => `usr/lib/${"x".repeat(40)}${at}`);
  assert.deepEqual(copiesOf(...long), [
    `COPY --from=b \\\n    ${long.map((path) => `/${path}`).join(" \\\n    ")} \\\n    /usr/lib/`,
  ]);
});

test("without a shell in the image nothing can be made there", () => {
  const image = anImage()
    .base({ "etc/passwd": "1kB", "opt/lib": "1kB", "tmp/": { mode: 0o1777 } })
    .layer({ "opt/lib": aProgram({}, "\0/tmp/x\0") }, { createdBy: "COPY app /opt/lib # buildkit" })
    .settings({ cmd: ["/opt/lib"] });
  assert.deepEqual(reasons('FROM static\nCOPY app /opt/lib\nCMD ["/opt/lib"]\n', image), [
    "Nothing in the image can make /tmp: it has no shell.",
  ]);
});

test("a file that has changed since the build says so, and states no size", () => {
  const image = aSystem()
    .layer({ app }, { createdBy: "COPY app /app # buildkit" })
    .layer("var/x 1kB", { createdBy: "RUN /bin/sh -c old # buildkit" })
    .settings({ cmd: ["/app"] });
  const [offer] = rewritesOf(
    'FROM debian:12\nCOPY app /app\nRUN true\nCMD ["/app"]\n',
    image,
  ).offers;
  assert.equal(offer?.size, undefined);
  assert.equal(offer?.isProven, false);
  assert.match(
    offer?.caveats.join(" ") ?? "",
    /Not every line is one that the image was built from/,
  );
});

test("of a system that the file brings itself nothing tells what can go", () => {
  const image = anImage()
    .layer({ "bin/sh": "1MB", "bin/mkdir": "1kB" }, { createdBy: "ADD root.tar / # buildkit" })
    .layer({ app }, { createdBy: "RUN /bin/sh -c build # buildkit" })
    .settings({ cmd: ["/app"] });
  const text = 'FROM scratch\nADD root.tar /\nRUN build\nCMD ["/app"]\n';
  assert.match(reasons(text, image).join(" "), /brings a system of its own/);
});

test("no edit where lines would run into each other, and none for other systems", () => {
  const image = aSystem()
    .layer({ app }, { createdBy: "COPY app /app # buildkit" })
    .settings({ cmd: ["/app"] });
  assert.match(
    reasons("FROM debian:12\nCOPY app /app\nbogus\n", image).join(" "),
    /no instruction/,
  );
  const windows = image.platform({ os: "windows", architecture: "amd64" });
  assert.match(reasons("FROM x\nCOPY app /app\n", windows).join(" "), /Only images for Linux/);
});

test("a user that no list knows, and a program that is none", () => {
  const image = aSystem()
    .layer(
      { app, script: { content: "#!/bin/sh\n/app\n", mode: 0o755 } },
      { createdBy: "COPY app / # buildkit" },
    )
    .settings({ cmd: ["/app"], user: "nobody-knows" });
  assert.deepEqual(
    reasons('FROM debian:12\nCOPY app /\nUSER nobody-knows\nCMD ["/app"]\n', image),
    ["etc/passwd of the image does not know the user of USER nobody-knows."],
  );
  const script = image.settings({ cmd: ["/script"], user: "" });
  assert.deepEqual(reasons('FROM debian:12\nCOPY app /\nCMD ["/script"]\n', script), [
    "script is a script that /bin/sh runs.",
  ]);
});

test("no stage that others start from, or that has another user, is told to make directories", () => {
  const image = aSystem()
    .layer({ app: aProgram({}, "\0/tmp/x\0") }, { createdBy: "COPY /app /app # buildkit" })
    .settings({ cmd: ["/app"] });
  const end = 'FROM debian:12\nCOPY --from=build /app /app\nCMD ["/app"]\n';
  for (const start of [
    "FROM golang AS build\nRUN go build\nUSER 5\n",
    "FROM golang AS build\nRUN go build\nFROM build AS tests\nRUN go test\n",
  ]) {
    const [offer] = rewritesOf(start + end, image).offers;
    const after = applyEdits(start + end, offer?.edits ?? []);
    assert.ok(after.startsWith(`${start}FROM debian:12 AS files\n`), after);
  }
});

test("libraries are those of one platform, which counts where the text is for several", () => {
  const program = aProgram({ interpreter: "/lib64/ld-linux-x86-64.so.2", needed: ["libc.so.6"] });
  const image = aSystem()
    .layer({ app: program }, { createdBy: "COPY /app /app # buildkit" })
    .settings({ cmd: ["/app"] });
  const text =
    'FROM --platform=$BUILDPLATFORM a AS build\nFROM debian:12\nCOPY --from=build /app /app\nCMD ["/app"]\n';
  assert.match(rewritesOf(text, image).offers[0]?.caveats.join(" ") ?? "", /only this platform/);
});

test("a link of the author's files that leads out of them is told of", () => {
  const image = aSystem()
    .layer(
      { app, "opt/a": "1kB", "opt/logs": { symlink: "/etc/passwd" } },
      { createdBy: "COPY tree / # buildkit" },
    )
    .layer("var/x 1kB", { createdBy: "RUN /bin/sh -c true # buildkit" })
    .settings({ cmd: ["/app"] });
  const [offer] = rewritesOf('FROM debian:12\nCOPY tree /\nRUN true\nCMD ["/app"]\n', image).offers;
  assert.deepEqual(offer?.caveats, ["The link /opt/logs leads to something that is not copied."]);
});

test("copied files go along also where a later RUN gave them to somebody else", () => {
  const chowned = (file: object | string) => ({
    ...(typeof file === "string" ? { size: file } : file),
    uid: 1000,
  });
  const image = aSystem()
    .layer({ "srv/app": app }, { createdBy: "COPY app /srv/app # buildkit" })
    .layer("srv/web/a.html 20kB, srv/web/b.html 20kB", {
      createdBy: "COPY web /srv/web # buildkit",
    })
    .layer(
      {
        "srv/app": chowned(app),
        "srv/web/a.html": chowned("20kB"),
        "srv/web/b.html": chowned("20kB"),
      },
      { createdBy: "RUN /bin/sh -c chown -R 1000 /srv # buildkit" },
    )
    .settings({ cmd: ["/srv/app"] });
  const text =
    'FROM debian:12\nCOPY app /srv/app\nCOPY web /srv/web\nRUN chown -R 1000 /srv\nCMD ["/srv/app"]\n';
  const [offer] = rewritesOf(text, image).offers;
  assert.ok(offer, "it can be had");
  assert.match(
    applyEdits(text, offer.edits),
    /^COPY --from=files --chown=1000:0 \/srv\/app \/srv\/app$/m,
  );
  assert.ok(offer.caveats.includes("/srv/web holds files of several users: all become root's."));
  assert.match(applyEdits(text, offer.edits), /^COPY --from=files \/srv\/web\/ \/srv\/web\/$/m);
});
