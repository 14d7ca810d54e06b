import assert from "node:assert/strict";
import { test } from "node:test";
import { createRunJoiner } from "../../../server/src/core/dockerfile/joinRuns.ts";
import { parseDockerfile } from "../../../server/src/core/dockerfile/parse.ts";
import { appendCommand, removePart } from "../../../server/src/core/dockerfile/runEdits.ts";
import { shellOf } from "../../../server/src/core/dockerfile/shell.ts";
import { applyEdits } from "../../../server/src/core/text/edit.ts";

/** The text with `clean` appended to its last RUN; undefined when that is not offered. */
function appended(text: string): string | undefined {
  const dockerfile = parseDockerfile(text);
  const run = dockerfile.instructions.findLast(({ keyword }) => keyword === "RUN")!;
  const script = shellOf(dockerfile, run);
  const edits = script && appendCommand(dockerfile, run, script, "clean");
  return edits && applyEdits(text, edits);
}

test("a command is appended in the layout of the RUN", () => {
  assert.equal(appended("FROM a\nRUN x\n"), "FROM a\nRUN x && clean\n");
  assert.equal(appended("FROM a\nRUN x && y # note\n"), "FROM a\nRUN x && y && clean # note\n");
  assert.equal(
    appended("FROM a\nRUN x \\\n  && y\nCMD z\n"),
    "FROM a\nRUN x \\\n  && y \\\n  && clean\nCMD z\n",
  );
  assert.equal(
    appended("FROM a\nRUN x && \\\n    # why\n    y\n"),
    "FROM a\nRUN x && \\\n    # why\n    y && \\\n    clean\n",
  );
  assert.equal(
    appended("FROM a\nRUN set -eux; \\\n\tx; \\\n\ty;\n"),
    "FROM a\nRUN set -eux; \\\n\tx; \\\n\ty; \\\n\tclean;\n",
  );
  assert.equal(appended("FROM a\nRUN x \\\n  y\n"), "FROM a\nRUN x \\\n  y \\\n && clean\n");
  assert.equal(
    appended("FROM a\r\nRUN x \\\r\n  y\r\n"),
    "FROM a\r\nRUN x \\\r\n  y \\\r\n && clean\r\n",
  );
});

test("in a heredoc the command gets a line of its own where a failure stops the script", () => {
  assert.equal(
    appended("FROM a\nRUN <<EOF\nset -e\nx\nEOF\n"),
    "FROM a\nRUN <<EOF\nset -e\nx\nclean\nEOF\n",
  );
  assert.equal(
    appended("FROM a\nRUN <<EOF\nx\ny\nEOF\n"),
    "FROM a\nRUN <<EOF\nx\ny && clean\nEOF\n",
  );
});

test("nothing is appended where it would not run or not be understood", () => {
  for (const run of [
    'RUN ["x"]',
    "RUN x && exit 0",
    "RUN exec x",
    "RUN x &",
    "RUN x &&",
    "RUN if x; then",
  ]) {
    assert.equal(appended(`FROM a\n${run}\n`), undefined, run);
  }
});

test("a part of a chain is taken out with its operator", () => {
  const without = (text: string, statement: number, part: number): string | undefined => {
    const dockerfile = parseDockerfile(text);
    const script = shellOf(dockerfile, dockerfile.instructions[1]!)!;
    const edits = removePart(dockerfile, script, statement, part);
    return edits && applyEdits(text, edits);
  };
  assert.equal(without("FROM a\nRUN x && y && z", 0, 1), "FROM a\nRUN x && z");
  assert.equal(without("FROM a\nRUN x && y", 0, 0), "FROM a\nRUN y");
  assert.equal(without("FROM a\nRUN x; y; z", 1, 0), "FROM a\nRUN x; z");
  assert.equal(without("FROM a\nRUN x; y", 1, 0), "FROM a\nRUN x");
  assert.equal(without("FROM a\nRUN x || y", 0, 1), undefined);
  assert.equal(without("FROM a\nRUN x", 0, 0), undefined);
});

/** The text with all its RUN instructions joined; undefined when that is not offered. */
function joinedText(text: string): string | undefined {
  const dockerfile = parseDockerfile(text);
  const runs = dockerfile.instructions.filter(({ keyword }) => keyword === "RUN");
  const edits = createRunJoiner(dockerfile, (run) => shellOf(dockerfile, run))(runs);
  return edits && applyEdits(text, edits);
}

test("RUNs are joined as one chain, comments between them kept", () => {
  assert.equal(joinedText("FROM a\nRUN x\nRUN y\n"), "FROM a\nRUN x \\\n && y\n");
  assert.equal(
    joinedText("FROM a\nRUN x \\\n && y\n\n# then\nRUN z \\\n && w\nCMD c\n"),
    "FROM a\nRUN x \\\n && y \\\n# then\n && z \\\n && w\nCMD c\n",
  );
  assert.equal(joinedText("FROM a\nRUN x\nRUN y\nRUN z"), "FROM a\nRUN x \\\n && y \\\n && z");
});

test("what would leak into the next part stands in a subshell", () => {
  assert.equal(joinedText("FROM a\nRUN cd d && x\nRUN y"), "FROM a\nRUN (cd d && x) \\\n && y");
  assert.equal(joinedText("FROM a\nRUN x\nRUN y; z"), "FROM a\nRUN x \\\n && (y; z)");
  assert.equal(
    joinedText("FROM a\nRUN x || true\nRUN y || z"),
    "FROM a\nRUN x || true \\\n && (y || z)",
  );
});

test("scripts with the same opening follow each other", () =>
  assert.equal(
    joinedText("FROM a\nRUN set -eux; \\\n    x; \\\n    y\nRUN set -eux; \\\n    z;\n"),
    "FROM a\nRUN set -eux; \\\n    x; \\\n    y; \\\n    z;\n",
  ));

test("RUNs are not joined where the meaning would change", () => {
  for (const text of [
    "FROM a\nRUN set -e; x\nRUN y",
    'FROM a\nRUN x\nRUN ["y"]',
    "FROM a\nRUN x\nENV A=b\nRUN y",
    "FROM a\nRUN x\nFROM b\nRUN y",
    "FROM a\nRUN --network=none x\nRUN y",
    "FROM a\nRUN x &\nRUN y",
    "FROM a\nRUN x && exit 0\nRUN y",
    "FROM a\nRUN x # note\nRUN y",
    "FROM a\nRUN <<EOF\nx\nEOF\nRUN y",
    "FROM a\nRUN x",
  ]) {
    assert.equal(joinedText(text), undefined, text);
  }
});

test("any group of a row of RUNs is joined as it would be alone", () => {
  const lines = ["x", "y; z", "cd d && x", "w || v", "u \\\n && t", "s; r"].map(
    (line) => `RUN ${line}\n`,
  );
  const text = `FROM a\n${lines.join("")}`;
  const dockerfile = parseDockerfile(text);
  const runs = dockerfile.instructions.slice(1);
  const joiner = createRunJoiner(dockerfile, (run) => shellOf(dockerfile, run));
  for (const from of lines.keys()) {
    for (let to = from + 2; to <= lines.length; to += 1) {
      const alone = joinedText(`FROM a\n${lines.slice(from, to).join("")}`)!;
      const others = [lines.slice(0, from).join(""), lines.slice(to).join("")];
      assert.equal(
        applyEdits(text, joiner(runs.slice(from, to))!),
        alone.replace("FROM a\n", `FROM a\n${others[0]}`) + others[1],
      );
    }
  }
  assert.equal(joiner([runs[0]!, runs[2]!]), undefined);
  assert.equal(joiner([runs[1]!, runs[0]!]), undefined);
  assert.equal(joiner(runs.slice(0, 1)), undefined);
});
