import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { buildContextOf } from "../../../server/src/core/context/buildContext.ts";
import {
  contextBytesOf,
  type ContextBytes,
  type ContextBytesOptions,
} from "../../../server/src/core/context/contextBytes.ts";
import type { ContextListing } from "../../../server/src/core/context/listing.ts";
import { parseDockerignore } from "../../../server/src/core/dockerfile/dockerignore.ts";
import { parseDockerfile } from "../../../server/src/core/dockerfile/parse.ts";
import { aContext } from "./contextBuilder.ts";

const project = aContext({
  "a.txt": 1,
  "b.txt": 20,
  "c.md": 300,
  "dir/a.txt": 4000,
  "dir/sub/d.txt": 50_000,
  "dir/sub/e.md": 600_000,
  "other/a.txt": 7_000_000,
  "empty/": 0,
});

/** Bytes of the last instruction of a Dockerfile, or the code of what is not known. */
function outcome(
  text: string,
  listing: ContextListing,
  { ignore = "", ...options }: ContextBytesOptions & { readonly ignore?: string } = {},
): number | string {
  const found = resultOf(text, listing, { ignore, ...options });
  return found.kind === "known" ? found.contentBytes : found.unknown.code;
}

function resultOf(
  text: string,
  listing: ContextListing,
  { ignore = "", ...options }: ContextBytesOptions & { readonly ignore?: string } = {},
): ContextBytes {
  const dockerfile = parseDockerfile(text.startsWith("FROM") ? text : `FROM scratch\n${text}\n`);
  const context = buildContextOf(listing, parseDockerignore(ignore).value);
  return contextBytesOf(dockerfile, dockerfile.instructions.at(-1)!, context, options);
}

function check(rows: readonly (readonly [string, number | string])[], listing = project): void {
  for (const [text, expected] of rows) assert.equal(outcome(text, listing), expected, text);
}

suite("what COPY takes from the build context", () => {
  test("files, folders and the whole of it", () =>
    check([
      ["COPY a.txt /", 1],
      ["COPY ./a.txt b.txt /x/", 21],
      ['COPY ["a.txt", "b.txt", "/x/"]', 21],
      ["COPY dir /x", 654_000],
      ["COPY dir/ /x/", 654_000],
      ["COPY /dir/sub /x/", 650_000],
      ["COPY ../../dir/sub /x/", 650_000],
      ["COPY . .", 7_654_321],
      ["COPY / /", 7_654_321],
      ["COPY empty /x", 0],
      ["COPY --chown=1:1 --chmod=644 --link a.txt /", 1],
      ["copy a.txt /", 1],
    ]));

  test("wildcards, which stop at slashes", () =>
    check([
      ["COPY *.txt /x/", 21],
      ["COPY ?.txt ./", 21],
      ["COPY [ac].* /x/", 301],
      ["COPY */*.txt /x/", 7_000_000],
      ["COPY */a.txt /x/", 7_000_000],
      ["COPY dir/s* /x/", 650_000],
      ["COPY d*/sub/*.md /x/", 600_000],
      ["COPY *.none /x/", 0],
      ["COPY * /x/", 7_654_321 - 4001],
      ["COPY **/a.txt /x/", 7_000_000],
      ["COPY a[ /x/", "pattern-refused"],
    ]));

  test("a later source overwrites what an earlier one brought", () =>
    check([
      ["COPY dir/a.txt other/a.txt /x/", 7_000_000],
      ["COPY other/a.txt dir/a.txt /x/", 4000],
      ["COPY other dir /x/", 654_000],
      ["COPY dir other /x/", 7_650_000],
      ["COPY a.txt dir /x/", 654_000],
    ]));

  test("a file does not take the place of a folder, nor the reverse", () => {
    const mixed = aContext({ "a/x": 1, "b/x/y": 2, "c/x": "-> y", x: 3 });
    check(
      [
        ["COPY a b /z/", "conflict"],
        ["COPY b a /z/", "conflict"],
        ["COPY c b /z/", "conflict"],
        ["COPY b x /z/", "conflict"],
        ["COPY a x /z/", 3],
        ["COPY x c /z/", 0],
      ],
      mixed,
    );
  });

  test("several files need a destination that is a folder", () => {
    check([
      ["COPY *.txt /x", "destination"],
      ["COPY a.txt c.md /x", "destination"],
      ["WORKDIR /x\nCOPY *.txt /x", 21],
      ["WORKDIR /x/y\nCOPY *.txt /x", 21],
      ["COPY c.md /x/\nCOPY *.txt /x", 21],
      ["COPY *.txt /", 21],
      ["COPY *.txt .", 21],
      ["COPY *.txt ..", 21],
      ["COPY *.txt $UNKNOWN", "destination"],
      ["COPY a.txt $UNKNOWN", 1],
      ["COPY *.txt $UNKNOWN/", 21],
      ["FROM debian\nWORKDIR app\nCOPY *.txt ../app", 21],
      ["FROM debian\nCOPY *.txt app", "destination"],
      ["FROM scratch AS a\nWORKDIR /x\nFROM a\nCOPY *.txt /x", 21],
    ]);
  });

  test("variables of the stage are filled in", () =>
    check([
      ["ARG F=a.txt\nCOPY $F /", 1],
      ["ENV D=dir\nCOPY ${D}/a.txt /", 4000],
      ["COPY ${NONE:-b.txt} /", 20],
      ["COPY $NONE /", "variable"],
      ["ARG F\nCOPY $F /", "variable"],
    ]));

  test("what is not there, or is not a context", () =>
    check([
      ["COPY none /", "not-found"],
      ["COPY a.txt/x /", "not-found"],
      ["COPY --from=build /a.txt /", "not-context"],
      ["RUN true", "not-context"],
      ["COPY", "incomplete"],
      ["COPY a.txt", "incomplete"],
      ["ADD https://example.org/a.txt /", "remote"],
      ["ADD git@example.org:a/b.git /", "remote"],
      ["ADD git://example.org/a.git /", "remote"],
    ]));

  test("symlinks: the source is followed within the context, those in a folder stay links", () => {
    const linked = aContext({
      "real.txt": 5,
      "dir/a.txt": 10,
      "dir/inner": "-> a.txt",
      "link.txt": "-> real.txt",
      todir: "-> dir",
      absolute: "-> /dir/a.txt",
      above: "-> ../../real.txt",
      broken: "-> none",
      loop: "-> loop",
      chain: "-> todir/inner",
    });
    check(
      [
        ["COPY link.txt /x", 5],
        ["COPY todir /x", 10],
        ["COPY todir/inner /x", 10],
        ["COPY absolute /x", 10],
        ["COPY above /x", 5],
        ["COPY chain /x", 10],
        ["COPY broken /x", "not-found"],
        ["COPY loop /x", "not-found"],
        ["COPY dir /x", 10],
        ["COPY . /x", 15],
        ["COPY link* real* /x/", 10],
        ["COPY todi* /x/", 10],
      ],
      linked,
    );
  });

  test("hard links weigh once within a source, and again for the next", () => {
    const linked = aContext({
      "d/a": "100 @1",
      "d/b": "100 @1",
      "d/e/c": "100 @1",
      f: "100 @1",
      g: 7,
    });
    check(
      [
        ["COPY d /x", 100],
        ["COPY . /x", 107],
        ["COPY d/a d/b /x/", 200],
        ["COPY d/* /x/", 300],
        ["COPY d f /x/", 200],
        ["COPY f /x", 100],
      ],
      linked,
    );
  });

  test("--exclude speaks of paths below the source", () =>
    check([
      ["COPY --exclude=*.md . /x/", 7_654_021],
      ["COPY --exclude=**/*.md . /x/", 7_054_021],
      ["COPY --exclude=sub dir /x/", 4000],
      ["COPY --exclude=dir dir /x/", 654_000],
      ["COPY --exclude=** --exclude=!sub/e.md dir /x/", 600_000],
      ["COPY --exclude=dir --exclude=other . /x/", 321],
      ["COPY --exclude=c.md *.txt /x/", 21],
      ["COPY --exclude=a.txt *.txt /x/", "excluded-source"],
      ["COPY --exclude=[ . /x/", "pattern-refused"],
      ["COPY --exclude=$X . /x/", "variable"],
    ]));

  test("--parents keeps folders, so nothing overwrites", () =>
    check([
      ["COPY --parents dir/a.txt other/a.txt /x/", 7_004_000],
      ["COPY --parents dir/sub /x/", 650_000],
      ["COPY --parents **/*.md /x/", 600_300],
      ["COPY --parents ./dir/*.txt /x/", 4000],
      ["COPY --parents dir/./sub/*.md /x/", 600_000],
      ["COPY --parents none /x/", "not-found"],
      ["COPY --parents no* /x/", 0],
      ["COPY --parents --exclude=**/*.md dir /x/", 54_000],
      ["COPY --parents=false dir/a.txt /x/", 4000],
    ]));

  test("heredocs weigh their bytes", () =>
    check([
      ["COPY <<EOF /x\nab\nEOF", 3],
      ["COPY <<'EOF' /x\n$a \\b\né😀\nEOF", 6 + 7],
      ["COPY <<-EOF /x\n\tab\n\t\tc\n\tEOF", 5],
      ["COPY <<a <<b /x/\n1\na\n22\nb", 2 + 3],
      ["COPY <<EOF a.txt /x/\n1\nEOF", 3],
      ["COPY <<EOF a.txt /x\n1\nEOF", "destination"],
      ["ENV V=abc\nCOPY <<EOF /x\n${V}d\nEOF", 5],
      ["COPY <<EOF /x\n$NONE\nEOF", "heredoc"],
      ["COPY <<EOF /x\na\\b\nEOF", "heredoc"],
      ["COPY <<EOF /x\nopen", "incomplete"],
      ["ADD <<EOF /x\nab\nEOF", 3],
    ]));

  test("ADD unpacks archives, so its files must be looked at", () => {
    check([
      ["ADD a.txt /x", "archive-unseen"],
      ["ADD dir /x", 654_000],
      ["ADD --unpack=false a.txt /x", 1],
    ]);
    const archives = new Map([
      ["a.txt", "file"],
      ["b.txt", "archive"],
    ] as const);
    assert.equal(outcome("ADD a.txt /x", project, { archives }), 1);
    assert.equal(outcome("ADD b.txt /x", project, { archives }), "archive");
    assert.equal(outcome("COPY b.txt /x", project, { archives }), 20);
  });

  test("what the ignore file keeps out is not there", () => {
    const rows: readonly (readonly [string, string, number | string])[] = [
      ["dir", "COPY . /x", 7_000_321],
      ["dir", "COPY dir /x", "not-found"],
      ["dir\n!dir/sub/e.md", "COPY dir /x", 600_000],
      ["dir\n!dir/sub/e.md", "COPY . /x", 7_600_321],
      ["**/*.txt", "COPY . /x", 600_300],
      ["*\n!dir", "COPY . /x", 654_000],
      ["*.txt", "COPY *.txt /x/", 0],
      ["[", "COPY . /x", "ignore-refused"],
      ["[", "COPY <<E /x\na\nE", 2],
    ];
    for (const [ignore, text, expected] of rows) {
      assert.equal(outcome(text, project, { ignore }), expected, `${ignore}: ${text}`);
    }
  });

  test("what was not read is unknown, unless it is left out", () => {
    const partly = aContext({ a: 1, "big/": "!ignored", "x/deep/": "!unreadable", "x/b": 2 });
    check(
      [
        ["COPY . /x", "not-listed"],
        ["COPY a /x", 1],
        ["COPY x/b /x", 2],
        ["COPY x /x", "not-listed"],
        ["COPY big/a /x", "not-listed"],
        ["COPY */* /x/", "not-listed"],
        ["COPY a* /x/", 1],
      ],
      partly,
    );
    assert.equal(outcome("COPY . /x", partly, { ignore: "big\nx/deep" }), 3);
    assert.equal(outcome("COPY . /x", partly, { ignore: "big\nx" }), 1);
    assert.equal(outcome("COPY . /x", partly, { ignore: "big\nx\n!**/c" }), "not-listed");
  });

  test("the heaviest places come first, and a folder gives way to what fills it", () => {
    const found = resultOf("COPY . /x", project, { placeLimit: 4 });
    assert.deepEqual(found.kind === "known" && found.heaviest, [
      { path: "other/a.txt", isFolder: false, contentBytes: 7_000_000 },
      { path: "dir/sub/e.md", isFolder: false, contentBytes: 600_000 },
      { path: "dir/sub/d.txt", isFolder: false, contentBytes: 50_000 },
      { path: "dir/a.txt", isFolder: false, contentBytes: 4000 },
    ]);
    const many = aContext(
      Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`lib/m${index}/x`, 10 + index])),
    );
    const spread = resultOf("COPY . /x", many, { placeLimit: 4 });
    assert.deepEqual(spread.kind === "known" && spread.heaviest, [
      { path: "lib", isFolder: true, contentBytes: 1725 },
    ]);
    assert.equal(spread.kind === "known" && spread.fileCount, 50);
  });
});
