import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDockerfile } from "../../../server/src/core/dockerfile/parse.ts";
import { attribute } from "../../../server/src/core/join/attribute.ts";
import type { Attribution } from "../../../server/src/core/join/attribution.ts";
import { matchHistory } from "../../../server/src/core/join/stageFit.ts";
import { describeHistory, type RecordedRow } from "../../support/histories.ts";

const base: readonly RecordedRow[] = [
  [100, "/bin/sh -c #(nop) ADD file:0123 in / ", ""],
  [null, '/bin/sh -c #(nop)  CMD ["bash"]', ""],
];

function buildkit(bytes: number | null, createdBy: string): RecordedRow {
  return [bytes, createdBy, "buildkit.dockerfile.v0"];
}

function join(text: string, rows: readonly RecordedRow[]): Attribution {
  return attribute(parseDockerfile(text), {
    state: "described",
    description: describeHistory(rows),
  });
}

/** Bytes by instruction, `?` where unknown, `*` behind stale ones; then the bytes without a line. */
function checkBytes(
  name: string,
  text: string,
  rows: readonly RecordedRow[],
  expected: string,
): void {
  test(name, () => {
    const { instructions, unattributedBytes, reason } = join(text, rows);
    const found = instructions.map(
      ({ contentBytes, basis }) => `${contentBytes ?? "?"}${basis === "stale" ? "*" : ""}`,
    );
    const lost = unattributedBytes === undefined ? "" : ` lost ${unattributedBytes}`;
    const why = reason === undefined ? "" : ` because ${reason}`;
    assert.equal(`${found.join(" ")}${lost}${why}`, expected);
  });
}

const update = buildkit(7, "RUN /bin/sh -c apt-get update # buildkit");
const copy = buildkit(3, "COPY a /a # buildkit");

checkBytes(
  "of two equal lines neither has the bytes when one of them is new",
  "FROM x\nCOPY a /a\nRUN apt-get update\nRUN apt-get update",
  [...base, copy, update],
  "100 3 ? ? lost 7",
);
checkBytes(
  "nor when one of them is gone, whichever it was",
  "FROM x\nCOPY a /a\nRUN apt-get update\nCMD x",
  [...base, copy, update, buildkit(9, update[1]), buildkit(null, 'CMD ["/bin/sh" "-c" "x"]')],
  "100 3 ? 0 lost 16",
);
const again = buildkit(2222, update[1]);
checkBytes(
  "of equal lines below FROM the edited one keeps its row, and FROM does not take the other's",
  "FROM x\nRUN apt-get update\nRUN apt-get update && echo more",
  [...base, update, again],
  "100 ? 2222* lost 7",
);
checkBytes(
  "so among more of them",
  "FROM x\nRUN apt-get update\nRUN apt-get update\nRUN apt-get update && echo more\nCOPY a /a",
  [...base, update, buildkit(8, update[1]), again, copy],
  "100 ? ? 2222* 3 lost 15",
);
checkBytes(
  "and where the edited one stands between them",
  "FROM x\nRUN apt-get update\nRUN apt-get update && echo more\nRUN apt-get update\nCOPY a /a",
  [...base, update, buildkit(8, update[1]), again, copy],
  "100 ? 8* ? 3 lost 2229",
);
checkBytes(
  "nothing is said of equal rows where the other line reads like neither",
  "FROM x\nRUN apt-get update\nRUN other\nCOPY a /a",
  [...base, update, again, copy],
  "? ? ? 3 lost 2222",
);
checkBytes(
  "equal lines that are all there keep their bytes",
  "FROM x\nRUN apt-get update\nCOPY a /a\nRUN apt-get update",
  [...base, update, copy, buildkit(9, update[1])],
  "100 7 3 9",
);
checkBytes(
  "copies of the classic builder to one place are told apart only while all are there",
  "FROM x\nCOPY a ./\nCOPY b ./\nRUN c",
  [
    ...base,
    [5, "/bin/sh -c #(nop) COPY file:aa in ./ ", ""],
    [6, "/bin/sh -c #(nop) COPY file:bb in ./ ", ""],
    [1, "/bin/sh -c c", ""],
  ],
  "100 5 6 1",
);
checkBytes(
  "and not when one was added",
  "FROM x\nCOPY a ./\nCOPY b ./\nRUN c",
  [...base, [5, "/bin/sh -c #(nop) COPY file:aa in ./ ", ""], [1, "/bin/sh -c c", ""]],
  "100 ? ? 1 lost 5",
);
checkBytes(
  "a changed owner is a changed line where the builder records it",
  "FROM x\nCOPY --chown=2:2 a /a\nRUN c",
  [
    ...base,
    buildkit(3, "COPY --chown=1:1 a /a # buildkit"),
    buildkit(1, "RUN /bin/sh -c c # buildkit"),
  ],
  "100 3* 1",
);
checkBytes(
  "a line that its base has too does not take the base's",
  'FROM x\nCMD ["bash"]\nCOPY a /a',
  [...base, copy],
  "100 0 3",
);
const make = buildkit(9, "RUN /bin/sh -c make # buildkit");
checkBytes(
  "what FROM brought is not known where the first line may have been moved below another",
  "FROM x\nRUN make\nCOPY a /a\nCMD x",
  [...base, copy, make, buildkit(null, 'CMD ["/bin/sh" "-c" "x"]')],
  "? 9 ? 0",
);
checkBytes(
  "but it is where a new line reads like nothing above",
  "FROM x\nRUN make\nCOPY b /b\nRUN make install",
  [...base, copy, make],
  "103 9 ? ?",
);
checkBytes(
  "many deleted lines in a row do not make the lines above them the base's",
  "FROM x\nRUN first\nCOPY a /a",
  [
    ...base,
    buildkit(50, "RUN /bin/sh -c first # buildkit"),
    ...Array.from({ length: 5 }, (_, at) => buildkit(1, `RUN /bin/sh -c gone ${at} # buildkit`)),
    copy,
  ],
  "100 50 3 lost 5",
);

const merged =
  "because The builder put several lines into one layer, so they cannot be told apart.";

checkBytes(
  "kaniko's single snapshot is not the last line's alone",
  "FROM x\nRUN a\nCOPY b /b\nRUN c",
  [...base, [9, "RUN c", ""]],
  `100 ? ? ? lost 9 ${merged}`,
);
checkBytes(
  "nor is the one layer of a kaniko stage before the last its last line's",
  "FROM x AS one\nRUN a\nRUN b\nFROM one\nRUN c\nRUN d",
  [...base, [9, "RUN b", ""], [1, "RUN c", ""], [2, "RUN d", ""]],
  `100 ? ? ? ? ? lost 12 ${merged}`,
);
checkBytes(
  "a kaniko line that changed nothing has no row",
  "FROM x\nRUN a\nRUN true\nRUN c\nCMD d",
  [...base, [9, "RUN a", ""], [1, "RUN c", ""]],
  "100 9 ? 1 0",
);
checkBytes(
  "a squashed base is a base like any other",
  "FROM x\nRUN c\nCOPY a /a",
  [
    ...base,
    [null, "/bin/sh -c old", ""],
    [30, "", "merge sha256:01 to sha256:02"],
    [4, "/bin/sh -c c", ""],
    [3, "/bin/sh -c #(nop) COPY file:aa in /a ", ""],
  ],
  "130 4 3",
);
checkBytes(
  "a squashed image of another Dockerfile gives no number",
  "FROM x\nRUN mine\nRUN other\nRUN third",
  [...base, [null, "/bin/sh -c c", ""], [30, "", "merge sha256:01 to sha256:02"]],
  "? ? ? ? because The image's history does not fit this Dockerfile: it was built from another one, or from a much older version.",
);
checkBytes(
  "rows added at the end put all others out of step",
  "FROM x\nRUN c\nCOPY a /a",
  [buildkit(4, "RUN /bin/sh -c c # buildkit"), copy, [1, "", "buildkit.exporter.image.v0"]],
  "? ? ? because The builder added rows to the image's history for layers it did not name, so its layers cannot be told apart by line.",
);

test("an image is not taken for a file's own by what its base says too", () => {
  const text = 'FROM nginx\nENV A=b\nEXPOSE 80\nCMD ["nginx"]';
  const { config } = describeHistory([
    ...base,
    buildkit(null, "ENV A=b"),
    buildkit(null, "EXPOSE map[80/tcp:{}]"),
    buildkit(null, 'CMD ["nginx"]'),
  ]);
  assert.equal(matchHistory(parseDockerfile(text), config), 0);
  assert.equal(matchHistory(parseDockerfile(`${text}\nCOPY a /a`), config), 0);
});

test("the stage that was built is found among stages alike", () => {
  const text = `FROM x AS common
RUN one
RUN two
FROM common AS dev
RUN tools
FROM common AS prod
COPY a /a
`;
  const rows = [
    ...base,
    buildkit(1, "RUN /bin/sh -c one # buildkit"),
    buildkit(2, "RUN /bin/sh -c two # buildkit"),
  ];
  const bytesOf = (row: RecordedRow): readonly (number | undefined)[] =>
    join(text, [...rows, row]).instructions.map(({ contentBytes }) => contentBytes);
  const tools = buildkit(5, "RUN /bin/sh -c tools # buildkit");
  assert.deepEqual(bytesOf(tools), [100, 1, 2, 0, 5, undefined, undefined]);
  assert.deepEqual(bytesOf(copy), [100, 1, 2, undefined, undefined, 0, 3]);
});
