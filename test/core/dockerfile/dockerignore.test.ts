import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { suite, test } from "node:test";
import {
  findDecidingPattern,
  isIgnored,
  parseDockerignore,
} from "../../../server/src/core/dockerfile/dockerignore.ts";
import { extendDockerignore } from "../../../server/src/core/dockerfile/dockerignoreEdit.ts";
import { applyEdits } from "../../../server/src/core/text/edit.ts";

/** Paths that a `.dockerignore` keeps out and paths that it lets through. */
function checkIgnored(text: string, ignored: readonly string[], sent: readonly string[]): void {
  const { value, problems } = parseDockerignore(text);
  assert.deepEqual(problems, [], text);
  for (const path of ignored) assert.equal(isIgnored(value, path), true, `${text} ignores ${path}`);
  for (const path of sent) assert.equal(isIgnored(value, path), false, `${text} sends ${path}`);
}

suite("a .dockerignore is read as builders read it", () => {
  test("a name matches at the root alone, and takes all below it along", () => {
    checkIgnored(
      "node_modules",
      ["node_modules", "node_modules/a/b.js"],
      ["x/node_modules", "node_modules2"],
    );
    checkIgnored("a/b", ["a/b", "a/b/c"], ["a", "a/bc", "b"]);
  });

  test("stars and question marks stop at a slash, double stars do not", () => {
    checkIgnored("*.md", ["README.md", ".md"], ["docs/a.md", "README.mdx"]);
    checkIgnored("*/*.md", ["docs/a.md"], ["a.md", "a/b/c.md"]);
    checkIgnored("a?c", ["abc", "a☺c", "a😀c", "abc/d"], ["ac", "a/c", "abbc"]);
    checkIgnored("**/*.md", ["a.md", "a/b/c.md"], ["a.mdx"]);
    checkIgnored("**/foo", ["foo", "a/foo", "a/b/foo/c"], ["afoo", "foob"]);
    checkIgnored("**", ["a", "a/b"], []);
    checkIgnored("a/**", ["a/b", "a/b/c"], ["a", "ab"]);
    checkIgnored("a/**/z", ["a/z", "a/b/c/z"], ["a", "a/b", "az"]);
    checkIgnored("**/foo/**", ["foo/a", "b/foo/a"], ["foo", "b/foo"]);
    checkIgnored("a**", ["a", "ab", "ab/c"], ["ba"]);
    checkIgnored("**foo", ["foo", "afoo", "a/bfoo"], ["foob"]);
    checkIgnored("**/*", ["a", "a/b"], []);
    checkIgnored("foo/*", ["foo/a", "foo/a/b"], ["foo"]);
  });

  test("classes, escapes and what only looks like an expression", () => {
    checkIgnored("[abc].txt", ["a.txt"], ["d.txt", "ab.txt"]);
    checkIgnored("[^a-c].txt", ["d.txt"], ["a.txt"]);
    checkIgnored("[!a].txt", ["!.txt", "a.txt"], ["b.txt"]);
    checkIgnored("\\*.txt", ["*.txt"], ["a.txt"]);
    checkIgnored("a\\[b", ["a[b"], ["ab"]);
    checkIgnored("a.b*", ["a.b", "a.bc"], ["axb"]);
    checkIgnored("(a+$)*", ["(a+$)", "(a+$)x"], ["aa"]);
    checkIgnored("a-b?", ["a-bc"], ["a-b"]);
    checkIgnored("x{*", ["x{", "x{a"], ["x"]);
    checkIgnored("[a\\-]x", ["ax", "-x"], ["bx"]);
  });

  test("paths are cleaned: leading and closing slashes, dots, blanks", () => {
    checkIgnored("/a", ["a"], ["b/a"]);
    checkIgnored("a/", ["a", "a/b"], []);
    checkIgnored("./a/../b//c", ["b/c"], ["a"]);
    checkIgnored("  a \t", ["a"], []);
    checkIgnored("/", [], ["a"]);
    checkIgnored(".", [], ["a"]);
    checkIgnored("..", [], ["a"]);
    checkIgnored("../a", [], ["a"]);
    checkIgnored("! /a", [], ["a"]);
  });

  test("comments, empty lines, a byte order mark and carriage returns", () => {
    checkIgnored("\ufeff# c\r\n\r\na\r\n", ["a"], ["# c"]);
    checkIgnored("\ufeffa", ["a"], []);
    checkIgnored(" #a", ["#a"], ["a"]);
    checkIgnored("a#b", ["a#b"], ["a"]);
    checkIgnored("", [], ["a"]);
  });

  test("an exception takes back what stands above it, and the last line wins", () => {
    checkIgnored("*\n!src", ["a", "b/c"], ["src", "src/a"]);
    checkIgnored("!src\n*", ["src", "src/a"], []);
    checkIgnored("docs\n!docs/README.md", ["docs", "docs/a"], ["docs/README.md"]);
    checkIgnored("*\n!a/b/c", ["a", "a/b", "a/b/d", "x/a/b/c"], ["a/b/c", "a/b/c/d"]);
    checkIgnored(
      "*.md\n!README*.md\nREADME-secret.md",
      ["a.md", "README-secret.md"],
      ["README.md"],
    );
    checkIgnored("**/*.js\n!**/keep.js", ["a.js", "x/a.js"], ["x/y/keep.js", "keep.js"]);
    checkIgnored("a\n!a/**", ["a"], ["a/b", "a/b/c"]);
    checkIgnored("a\n!a/*", ["a"], ["a/b", "a/b/c"]);
  });

  test("what an exception matched above a folder counts below it as the builder counts", () => {
    // The exception was not looked at for the folder, which nothing kept out, so it does not hold below.
    checkIgnored("a/b\n!a", ["a/b", "a/b/c"], ["a", "a/c"]);
    checkIgnored("foo\n!foo/bar\nfoo*", ["foo", "foo/x"], ["foo/bar"]);
  });

  test("no number of stars keeps anyone waiting", () => {
    checkIgnored("a*b*c*d*e", ["abcde", "axbxcxdxe", "abcdee"], ["abcd", "ab/cde"]);
    checkIgnored("**/a/**/b/**/c/**", ["a/b/c/d", "x/a/y/b/z/c/d"], ["a/b/c", "b/a/c/d"]);
    checkIgnored("*[ab]*?*\\**", ["ax*", "xbxx*x"], ["a*", "cx*"]);
    const stars = parseDockerignore(`${"**/*a".repeat(60)}b\n${"*a".repeat(60)}b`).value;
    const started = performance.now();
    assert.equal(isIgnored(stars, `${"a".repeat(250)}/${"a".repeat(250)}`), false);
    assert.ok(performance.now() - started < 1000);
  });

  test("the line that decides is known", () => {
    const { value } = parseDockerignore("# c\n*\n!src\nsrc/*.log\n");
    const lineOf = (path: string): number | undefined => findDecidingPattern(value, path)?.line;
    assert.equal(lineOf("a"), 1);
    assert.equal(lineOf("src/a"), 2);
    assert.equal(lineOf("src/a.log"), 3);
    assert.equal(findDecidingPattern(parseDockerignore("a").value, "b"), undefined);
    const text = "\ufeffa\n  !b/c \n";
    const spans = parseDockerignore(text).value.patterns.map(({ span }) =>
      text.slice(span.start, span.end),
    );
    assert.deepEqual(spans, ["a", "!b/c"]);
  });

  test("what the builder refuses is a problem, and nothing is then known", () => {
    for (const bad of [
      "!",
      "! ",
      "!/",
      "[",
      "a[",
      "[]a]",
      "[-x]",
      "a\\",
      "[a-]",
      "\\d",
      "[[:alpha:]]x",
      "[z-a]",
    ]) {
      const { value, problems } = parseDockerignore(`ok\n${bad}\n`);
      assert.equal(problems.length, 1, bad);
      assert.equal(problems[0]?.span.start, 3, bad);
      assert.equal(value.isUsable, false, bad);
      assert.equal(isIgnored(value, "ok"), true);
    }
  });
});

suite("patterns are added to a .dockerignore", () => {
  const rows: readonly {
    readonly name: string;
    readonly text: string | undefined;
    readonly patterns: readonly string[];
    readonly after: string;
  }[] = [
    {
      name: "a file that is not there yet",
      text: undefined,
      patterns: [".git", "node_modules"],
      after: "# Not needed in the image\n.git\nnode_modules\n",
    },
    {
      name: "below other lines, which stay",
      text: "# mine\n*.log",
      patterns: [".git"],
      after: "# mine\n*.log\n\n# Not needed in the image\n.git\n",
    },
    {
      name: "with the line ends of the file",
      text: "a\r\n",
      patterns: ["b", "c"],
      after: "a\r\n\r\n# Not needed in the image\r\nb\r\nc\r\n",
    },
    {
      name: "below its own comment of an earlier time",
      text: "# Not needed in the image\na\n",
      patterns: ["b"],
      after: "# Not needed in the image\na\nb\n",
    },
    {
      name: "only those that are missing",
      text: "/a/\n",
      patterns: ["a", "b", "b"],
      after: "/a/\n\n# Not needed in the image\nb\n",
    },
    {
      name: "again where an exception could take it back",
      text: "a\n!a/b\n",
      patterns: ["a"],
      after: "a\n!a/b\n\n# Not needed in the image\na/**\n",
    },
  ];
  for (const { name, text, patterns, after } of rows) {
    test(name, () => {
      const edit = extendDockerignore(text, patterns);
      assert.notEqual(edit, undefined);
      assert.equal(applyEdits(text ?? "", edit === undefined ? [] : [edit]), after);
      assert.equal(extendDockerignore(after, patterns), undefined, "a second time changes nothing");
      const { value } = parseDockerignore(after);
      for (const pattern of patterns) {
        assert.equal(isIgnored(value, pattern), true, pattern);
        assert.equal(isIgnored(value, `${pattern}/b`), true, pattern);
      }
    });
  }
});

/** What moby's own matcher answered to patterns made at random; `sent` is what it lets through, null where it refuses the file. */
interface Recorded {
  readonly paths: readonly string[];
  readonly cases: readonly { readonly ignore: string; readonly sent: string | null }[];
}

test("moby's matcher gave the same answers", () => {
  const file = resolve(import.meta.dirname, "../../fixtures/dockerignore.json");
  const { paths, cases } = JSON.parse(readFileSync(file, "utf8")) as Recorded;
  assert.ok(cases.length > 200);
  for (const { ignore, sent } of cases) {
    const { value } = parseDockerignore(ignore);
    const answer = value.isUsable
      ? paths.filter((path) => !isIgnored(value, path.replace(/\/$/, ""))).join(" ")
      : null;
    assert.equal(answer, sent, ignore);
  }
});
