import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDockerfile } from "../../../server/src/core/dockerfile/parse.ts";
import { attribute } from "../../../server/src/core/join/attribute.ts";
import type { InstructionWeight } from "../../../server/src/core/join/attribution.ts";
import { describeHistory, type RecordedRow } from "../../support/histories.ts";

const base: readonly RecordedRow[] = [
  [100, "/bin/sh -c #(nop) ADD file:0123 in / ", ""],
  [null, '/bin/sh -c #(nop)  CMD ["bash"]', ""],
];

function classic(bytes: number | null, createdBy: string): RecordedRow {
  return [bytes, createdBy, ""];
}

function buildkit(bytes: number | null, createdBy: string): RecordedRow {
  return [bytes, createdBy, "buildkit.dockerfile.v0"];
}

function podman(bytes: number | null, createdBy: string): RecordedRow {
  return [bytes, createdBy, "FROM 0a3f756c7a5b"];
}

/** `20`, `20~` when likely, `20*` when stale, `?` when unknown. */
function cell({ contentBytes, basis, confidence }: InstructionWeight): string {
  const mark = basis === "stale" ? "*" : confidence === "likely" ? "~" : "";
  return contentBytes === undefined ? "?" : `${contentBytes}${mark}`;
}

interface Built {
  readonly text: string;
  readonly rows: readonly RecordedRow[];
  /** The shell that the image's config names. */
  readonly shell?: readonly string[];
}

/** Bytes by instruction, on a base of 100. */
function checkRows(name: string, { text, rows, shell }: Built, expected: string): void {
  test(name, () => {
    const { config, ...description } = describeHistory([...base, ...rows]);
    const settings = shell === undefined ? config.settings : { ...config.settings, shell };
    const found = attribute(parseDockerfile(text), {
      state: "described",
      description: { ...description, config: { ...config, settings } },
    });
    assert.equal(found.reason, undefined);
    assert.equal(found.instructions.map(cell).join(" "), expected);
  });
}

const sha = "FROM x\nARG GIT_SHA\nENV GIT_SHA=$GIT_SHA\nLABEL v=$GIT_SHA\nRUN a";
const emptySha = ["ARG GIT_SHA", "ENV GIT_SHA=", "LABEL v="] as const;
checkRows(
  "a build argument without a value is empty, classic",
  {
    text: sha,
    rows: [
      ...emptySha.map((row) => classic(null, `/bin/sh -c #(nop)  ${row}`)),
      classic(5, "/bin/sh -c a"),
    ],
  },
  "100~ 0 0 0 5",
);
checkRows(
  "a build argument without a value is empty, BuildKit",
  {
    text: sha,
    rows: [
      ...emptySha.map((row) => buildkit(null, row)),
      buildkit(5, "RUN |1 GIT_SHA= /bin/sh -c a # buildkit"),
    ],
  },
  "100~ 0 0 0 5",
);
for (const value of ["4f2a", "two words", "a=b, c"]) {
  checkRows(
    `a build argument without a default may be any value: ${value}`,
    {
      text: sha.replace("RUN a", "COPY a /a"),
      rows: [
        buildkit(null, "ARG GIT_SHA"),
        buildkit(null, `ENV GIT_SHA=${value}`),
        buildkit(null, `LABEL v=${value}`),
        buildkit(5, "COPY a /a # buildkit"),
      ],
    },
    "100~ 0 0~ 0~ 5",
  );
}
checkRows(
  "an empty value leaves no blank, wherever it stands",
  {
    text: 'FROM x\nENV A=$U B=c D="$V $W"\nENV A $U\nLABEL a=${U} "b"="${V}x" c=${W:-d}\nWORKDIR /srv/$U\nRUN a',
    rows: [
      buildkit(null, "ENV A= B=c D= "),
      buildkit(null, "ENV A="),
      buildkit(null, "LABEL a= b=x c=e"),
      buildkit(0, "WORKDIR /srv"),
      buildkit(5, "RUN /bin/sh -c a # buildkit"),
    ],
  },
  "100~ 0~ 0~ 0~ 0~ 5",
);
checkRows(
  "a path ends where its empty last part stood",
  {
    text: "FROM x\nARG U\nWORKDIR /srv/$U\nRUN a",
    rows: [
      buildkit(null, "ARG U"),
      buildkit(0, "WORKDIR /srv"),
      buildkit(5, "RUN |1 U= /bin/sh -c a # buildkit"),
    ],
  },
  "100~ 0 0 5",
);
checkRows(
  "a name that only begins like another one is another name",
  {
    text: "FROM x\nENV GIT=$V\nRUN a",
    rows: [buildkit(null, "ENV GIT_SHA=1"), buildkit(5, "RUN /bin/sh -c a # buildkit")],
  },
  "100~ ? 5",
);

const metadata = [
  "label k=v",
  "env A=b",
  "expose 80",
  'cmd ["x"]',
  "entrypoint run me",
  "user 1:1",
  "workdir /w",
  "volume /v",
  "healthcheck none",
  "onbuild run x",
  'shell ["/bin/bash", "-c"]',
  "stopsignal 9",
  "maintainer me",
  "Label\tk=v",
] as const;
for (const line of metadata) {
  checkRows(
    `buildah writes keywords as the line has them: ${line}`,
    {
      text: `FROM x\nCOPY a /x/\n${line}\nRUN b`,
      rows: [
        podman(3, "/bin/sh -c #(nop) COPY file:aa in /x/ "),
        podman(null, `/bin/sh -c #(nop) ${line}`),
        podman(4, "/bin/sh -c b"),
      ],
    },
    "100~ 3~ 0 4",
  );
}

for (const program of ["/bin/setup", "./bin/setup", "bin/setup", "/bin/true", "/opt/c++/x@1"]) {
  checkRows(
    `the classic builder writes an exec form of one word as that word: ${program}`,
    {
      text: `FROM x\nRUN ["${program}"]\nCOPY a /x`,
      rows: [classic(7, program), classic(3, "/bin/sh -c #(nop) COPY file:aa in /x ")],
    },
    "100~ 7 3~",
  );
}
checkRows(
  "a program alone stands behind build arguments, too",
  {
    text: 'FROM x\nARG A=b\nRUN ["/bin/setup"]\nCOPY a /x',
    rows: [
      classic(null, "/bin/sh -c #(nop)  ARG A=b"),
      classic(7, "|1 A=b /bin/setup"),
      classic(3, "/bin/sh -c #(nop) COPY file:aa in /x "),
    ],
  },
  "100~ 0 7 3~",
);

const unusualShells = [
  ["/bin/busybox", "sh", "-c"],
  ["/bin/busybox", "env", "sh", "-c"],
  ["/usr/bin/python3", "-c"],
] as const;
for (const shell of unusualShells) {
  const call = shell.join(" ");
  const text = "FROM x\nRUN make\nCOPY a /x/\nARG V=1\nRUN true";
  const classicRows = [
    classic(7, `${call} make`),
    classic(3, `${call} #(nop) COPY file:aa in /x/ `),
    classic(null, `${call} #(nop)  ARG V=1`),
    classic(null, `|1 V=1 ${call} true`),
  ];
  const buildkitRows = [
    buildkit(7, `RUN ${call} make # buildkit`),
    buildkit(3, "COPY a /x/ # buildkit"),
    buildkit(null, "ARG V=1"),
    buildkit(0, `RUN |1 V=1 ${call} true # buildkit`),
  ];
  checkRows(
    `the base's shell stands before a script, classic: ${call}`,
    { text, rows: classicRows, shell },
    "100~ 7 3~ 0 0",
  );
  checkRows(
    `the base's shell stands before a script, BuildKit: ${call}`,
    { text, rows: buildkitRows, shell },
    "100~ 7 3 0 0",
  );
  checkRows(
    `where the image does not name the base's shell, the script is likely the line's: ${call}`,
    { text: text.replace("ARG V=1\nRUN true", "CMD x"), rows: buildkitRows.slice(0, 2) },
    "100~ 7~ 3 ?",
  );
}
checkRows(
  "a shell of the file is not the base's",
  {
    text: 'FROM x\nRUN make\nSHELL ["/bin/busybox", "sh", "-c"]\nRUN true',
    rows: [
      buildkit(7, "RUN /bin/busybox env sh -c make # buildkit"),
      buildkit(null, "SHELL [/bin/busybox sh -c]"),
      buildkit(0, "RUN /bin/busybox sh -c true # buildkit"),
    ],
    shell: ["/bin/busybox", "sh", "-c"],
  },
  "100~ 7~ 0 0",
);
checkRows(
  "commands added behind a script that the base's shell ran leave it a changed line",
  {
    text: "FROM x\nRUN fetch && rm -rf /var/cache/one /var/cache/two\nCOPY a /x/",
    rows: [
      buildkit(7, "RUN /bin/busybox env sh -c fetch # buildkit"),
      buildkit(3, "COPY a /x/ # buildkit"),
    ],
    shell: ["/bin/busybox", "env", "sh", "-c"],
  },
  "100~ 7* 3",
);

const mark = 'echo "#(nop) CMD x" > /f';
for (const [name, write] of [
  ["classic", classic],
  ["podman", podman],
] as const) {
  for (const script of [mark, "printf %s #(nop) CMD x > /f", "sh -c '#(nop) ENV A=b'"]) {
    checkRows(
      `a script may hold the mark of rows without one, ${name}: ${script}`,
      {
        text: `FROM x\nCOPY a /x\nRUN ${script}`,
        rows: [write(3, "/bin/sh -c #(nop) COPY file:aa in /x "), write(6, `/bin/sh -c ${script}`)],
      },
      "100~ 3~ 6",
    );
  }
}
checkRows(
  "nor is it a mark behind build arguments",
  {
    text: `FROM x\nARG V=1\nCOPY a /x\nRUN ${mark}`,
    rows: [
      classic(null, "/bin/sh -c #(nop)  ARG V=1"),
      classic(3, "/bin/sh -c #(nop) COPY file:aa in /x "),
      classic(6, `|1 V=1 /bin/sh -c ${mark}`),
    ],
  },
  "100~ 0 3~ 6",
);
for (const call of [
  "cmd /S /C",
  "powershell -Command $ErrorActionPreference = 'Stop';",
  "/bin/bash -c -o pipefail",
  "/bin/busybox sh -o pipefail -c",
]) {
  checkRows(
    `rows without a script begin with the shell in force: ${call}`,
    {
      text: "FROM x\nENV A=b\nCOPY a /x",
      rows: [
        classic(null, `${call} #(nop)  ENV A=b`),
        classic(3, `${call} #(nop) COPY file:aa in /x `),
      ],
    },
    "100~ 0 3~",
  );
}
