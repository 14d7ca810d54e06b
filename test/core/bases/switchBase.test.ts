import assert from "node:assert/strict";
import { test } from "node:test";
import { baseVariants, type BaseVariant } from "../../../server/src/core/bases/baseVariants.ts";
import type { BaseWorld } from "../../../server/src/core/bases/describeBase.ts";
import { switchBase, type BaseSwitch } from "../../../server/src/core/bases/switchBase.ts";
import { applyEdits } from "../../../server/src/core/text/edit.ts";
import { aWorld, engineSize, stageOf } from "./world.ts";

function switchIn(
  text: string,
  to: string,
  { index, world = aWorld() }: { readonly index?: number; readonly world?: BaseWorld } = {},
): BaseSwitch {
  const { dockerfile, stage } = stageOf(text, index);
  const variants = baseVariants(dockerfile, stage, world).variants;
  const variant = variants.find(({ name }) => name === to);
  assert.ok(variant, `${to} is none of ${variants.map(({ name }) => name).join(", ")}`);
  return switchBase(dockerfile, stage, variant);
}

/** The title or `refused`, then each caveat as `effect line: message`; what says that a tag was not checked is left out. */
function outcomeOf(text: string, to: string, index?: number): readonly string[] {
  const outcome = switchIn(text, to, index === undefined ? {} : { index });
  const { dockerfile } = stageOf(text);
  const caveats = outcome.kind === "offered" ? outcome.caveats : outcome.reasons;
  return [
    outcome.kind,
    ...caveats
      .filter(({ message }) => !message.endsWith("was not checked."))
      .map(({ effect, message, instruction }) => {
        const line =
          instruction === undefined ? 0 : dockerfile.instructions[instruction]!.startLine;
        return `${effect} ${line + 1}: ${message}`;
      }),
  ];
}

function afterSwitch(text: string, to: string, index?: number): string {
  const outcome = switchIn(text, to, index === undefined ? {} : { index });
  return outcome.kind === "offered" ? applyEdits(text, [outcome.edit]) : "refused";
}

test("only the name changes, flags, AS and the spelling of the repository stay", () => {
  assert.equal(
    afterSwitch(
      "FROM --platform=linux/arm64 docker.io/library/debian:12 AS run # x\n",
      "docker.io/library/debian:12-slim",
    ),
    "FROM --platform=linux/arm64 docker.io/library/debian:12-slim AS run # x\n",
  );
});

test("variables of the name stay where the new tag only has more behind", () => {
  const text = "ARG V=20\nFROM node:${V}\n";
  assert.equal(afterSwitch(text, "node:20-slim"), "ARG V=20\nFROM node:${V}-slim\n");
  assert.equal(afterSwitch(text, "gcr.io/distroless/nodejs20-debian12"), "refused");
  const more = "ARG V=20\nFROM node:$V-slim\n";
  assert.equal(afterSwitch(more, "node:20-alpine"), "ARG V=20\nFROM node:$V-alpine\n");
  assert.equal(afterSwitch("ARG V=20-slim\nFROM node:$V\n", "node:20-alpine"), "refused");
  assert.deepEqual(outcomeOf("ARG V=12-bookworm\nFROM node:$V", "node:12-alpine"), [
    "refused",
    "build-fails 2: node:$V would lose its ARG to node:12-alpine: change it by hand.",
  ]);
});

test("the title states what ships less, with measure and date, and nothing that is not known", () => {
  const titleOf = (text: string, to: string, world?: BaseWorld, index?: number): string => {
    const more = {
      ...(world === undefined ? {} : { world }),
      ...(index === undefined ? {} : { index }),
    };
    const outcome = switchIn(text, to, more);
    return outcome.kind === "offered" ? outcome.title : "refused";
  };
  const size = (bytes: number) => ({ engine: { content: engineSize(bytes), transfer: undefined } });
  const world = aWorld({ "node:20": size(1.1e9), "node:20-slim": size(2e8) });
  assert.equal(
    titleOf("FROM node:20", "node:20-slim", world),
    "Switch base to node:20-slim: −900 MB",
  );
  assert.equal(titleOf("FROM node:20", "node:20-slim"), "Switch base to node:20-slim");
  assert.equal(
    titleOf("FROM oraclelinux:9", "oraclelinux:9-slim"),
    "Switch base to oraclelinux:9-slim: −47.2 MB compressed (2026-09-11)",
  );
  assert.equal(
    titleOf(
      "FROM oraclelinux:9 AS build\nFROM scratch\nCOPY --from=build /x /",
      "oraclelinux:9-slim",
      undefined,
      0,
    ),
    "Switch base to oraclelinux:9-slim",
    "what does not ship saves nothing",
  );
});

test("what needs a shell to build is not offered a base without one", () => {
  assert.deepEqual(
    outcomeOf("FROM node:20\nRUN npm ci\nCMD npm start", "gcr.io/distroless/nodejs20-debian12"),
    [
      "refused",
      "build-fails 2: RUN needs a shell, and gcr.io/distroless/nodejs20-debian12 has no shell: run it in an earlier stage and copy the result.",
    ],
  );
});

test("what needs a shell to run is said", () => {
  const to = "gcr.io/distroless/nodejs20-debian12";
  assert.deepEqual(
    outcomeOf(
      "FROM node:20\nCOPY . /app\nHEALTHCHECK CMD curl -f http://localhost\nCMD node /app/x.js",
      to,
    ),
    [
      "offered",
      `run-fails 3: HEALTHCHECK runs in a shell, and ${to} has no shell: write it in exec form, with a program that is there.`,
      `run-fails 3: HEALTHCHECK calls curl, which is not in ${to}.`,
      `run-fails 4: CMD is in shell form, and ${to} has no shell: write it in exec form.`,
    ],
  );
  assert.deepEqual(
    outcomeOf('FROM node:20\nENTRYPOINT ["./start.sh"]\nCMD ["/bin/sh", "-c", "x"]', to),
    [
      "offered",
      `run-fails 2: ENTRYPOINT starts a shell script, and ${to} has no shell: write it in exec form.`,
      `run-fails 3: CMD starts a shell, and ${to} has no shell: write it in exec form.`,
    ],
  );
});

test("an image that starts its runtime itself is not to be told to start it again", () => {
  const to = "gcr.io/distroless/nodejs20-debian12";
  assert.deepEqual(outcomeOf('FROM node:20\nCMD ["node", "x.js"]', to), [
    "offered",
    `run-fails 2: ${to} starts node itself: leave node out of CMD.`,
  ]);
  assert.deepEqual(outcomeOf('FROM node:20\nCMD ["npm", "start"]', to), [
    "offered",
    `run-fails 2: CMD starts npm, which is not in ${to}.`,
  ]);
  assert.deepEqual(outcomeOf('FROM node:20\nENTRYPOINT ["node", "x.js"]', to), [
    "offered",
    `run-fails 2: ${to} has node in /nodejs/bin, which is not on the PATH: leave it out and drop the ENTRYPOINT, or give its whole path.`,
  ]);
  assert.deepEqual(outcomeOf('FROM node:20\nCMD ["x.js"]', to), [
    "offered",
    `check 2: ${to} starts node with what CMD says.`,
  ]);
});

test("another package manager in later lines forbids the switch, in a branch it is to be checked", () => {
  assert.deepEqual(
    outcomeOf("FROM nginx:1.27\nRUN apt-get update && apt-get install -y vim", "nginx:1.27-alpine"),
    ["refused", "build-fails 2: RUN calls apt-get, and nginx:1.27-alpine has apk."],
  );
  assert.deepEqual(
    outcomeOf(
      "FROM nginx:1.27\nRUN if true; then apt-get install -y vim; else apk add vim; fi",
      "nginx:1.27-alpine",
    ),
    ["offered", "check 2: RUN calls apt-get, and nginx:1.27-alpine has apk."],
  );
  assert.deepEqual(outcomeOf("FROM nginx:1.27\nRUN echo apt-get", "nginx:1.27-alpine"), [
    "offered",
  ]);
  assert.deepEqual(outcomeOf("FROM node:20\nRUN apt-get install -y vim", "node:20-slim"), [
    "offered",
  ]);
});

test("stages made from it count too", () => {
  assert.deepEqual(
    outcomeOf("FROM nginx:1.27 AS base\nFROM base\nRUN apt-get update", "nginx:1.27-alpine", 0),
    ["refused", "build-fails 3: RUN calls apt-get, and nginx:1.27-alpine has apk."],
  );
});

test("tools of the full image that slim does not have forbid it, unless the file installs them", () => {
  assert.deepEqual(outcomeOf("FROM node:20\nRUN git clone https://example.org/x", "node:20-slim"), [
    "refused",
    "build-fails 2: RUN calls git, which is not in node:20-slim.",
  ]);
  assert.deepEqual(
    outcomeOf(
      "FROM node:20\nRUN apt-get update && apt-get install -y git\nRUN git clone https://example.org/x",
      "node:20-slim",
    ),
    ["offered"],
  );
  assert.deepEqual(
    outcomeOf("FROM python:3.12\nRUN wget https://example.org/x && unzip x", "python:3.12-alpine"),
    ["offered"],
  );
});

test("what may have to be compiled is said", () => {
  assert.deepEqual(outcomeOf("FROM node:20\nRUN npm ci\nRUN npm run build", "node:20-slim"), [
    "offered",
    "check 2: What RUN npm installs may have to be compiled, and node:20-slim has no build tools: node-gyp needs python3, make and g++.",
  ]);
  assert.deepEqual(
    outcomeOf(
      "FROM python:3.12\nRUN apt-get update && apt-get install -y gcc && pip install -r r.txt",
      "python:3.12-slim",
    ),
    ["offered"],
  );
});

test("musl is said where wheels and addons are installed, once", () => {
  const to = "python:3.12-alpine";
  assert.deepEqual(
    outcomeOf("FROM python:3.12-slim\nRUN python -m pip install numpy\nRUN pip install scipy", to),
    [
      "offered",
      `check 2: ${to} has musl in place of glibc: packages without a wheel for musl (musllinux) are compiled, which takes long and needs build tools.`,
    ],
  );
});

test("what was built for glibc and is copied in, or is built for musl and copied out, is said", () => {
  const built = "FROM golang:1.25 AS build\nRUN make\n";
  const isStatic = "FROM golang:1.25 AS build\nRUN CGO_ENABLED=0 go build\n";
  const copying = "FROM nginx:1.27\nCOPY --from=build /x /x";
  assert.deepEqual(outcomeOf(`${isStatic}${copying}`, "nginx:1.27-alpine"), ["offered"]);
  assert.deepEqual(outcomeOf(`${isStatic}${copying}`, "golang:1.25-alpine", 0), ["offered"]);
  assert.deepEqual(
    outcomeOf(`${built}FROM nginx:1.27\nCOPY --from=build /x /x`, "nginx:1.27-alpine"),
    [
      "offered",
      "check 4: What is copied from build, built for glibc, runs here only if it needs no other C library: nginx:1.27-alpine has musl.",
    ],
  );
  assert.deepEqual(
    outcomeOf(`${built}FROM debian:12\nCOPY --from=build /x /x`, "golang:1.25-alpine", 0),
    [
      "offered",
      "check 2: RUN calls make, which may not be in golang:1.25-alpine.",
      "check 4: What is built on golang:1.25-alpine is for musl, and is copied to a stage with glibc.",
    ],
  );
  assert.deepEqual(outcomeOf(`${built}FROM debian:12\nCOPY --from=build /x /x`, "debian:12-slim"), [
    "offered",
  ]);
});

test("users that only the old base has are said; those the file makes, numbers and variables need nothing", () => {
  const to = "gcr.io/distroless/nodejs20-debian12";
  assert.deepEqual(outcomeOf("FROM node:20\nUSER node", to), [
    "offered",
    `run-fails 2: USER node: ${to} has no such user.`,
  ]);
  assert.deepEqual(outcomeOf("FROM node:20\nCOPY --chown=node:node . .", to), [
    "refused",
    `build-fails 2: --chown=node: ${to} has no such user.`,
  ]);
  for (const line of ["USER node", "RUN useradd app\nUSER app"]) {
    assert.deepEqual(outcomeOf(`FROM node:20\n${line}`, "node:20-slim"), ["offered"], line);
  }
  for (const line of [
    "USER 1000",
    "USER nonroot",
    "USER $APP",
    "COPY passwd /etc/passwd\nUSER app",
  ]) {
    assert.deepEqual(outcomeOf(`FROM node:20\n${line}`, to), ["offered"], line);
  }
  assert.deepEqual(outcomeOf("FROM node:20\nRUN useradd -m app", "node:20-alpine"), [
    "refused",
    "build-fails 2: RUN calls useradd, which is not in node:20-alpine: it has adduser and addgroup.",
  ]);
});

test("bash is not in Alpine", () => {
  assert.deepEqual(
    outcomeOf('FROM nginx:1.27\nSHELL ["/bin/bash", "-c"]\nCMD ["bash"]', "nginx:1.27-alpine"),
    ["refused", "build-fails 2: SHELL names bash, and nginx:1.27-alpine has no bash."],
  );
  assert.deepEqual(outcomeOf('FROM nginx:1.27\nCMD ["bash"]', "nginx:1.27-alpine"), [
    "offered",
    "run-fails 2: CMD starts bash, and nginx:1.27-alpine has no bash.",
  ]);
});

test(".NET without ICU is said", () => {
  const to = "mcr.microsoft.com/dotnet/aspnet:8.0-alpine";
  assert.deepEqual(outcomeOf("FROM mcr.microsoft.com/dotnet/aspnet:8.0", to), [
    "offered",
    `check 1: ${to} has no ICU and no time zones: set InvariantGlobalization in the project, or take a variant with them.`,
  ]);
});

test("compilers of CUDA are not in its runtime image", () => {
  const from = "FROM nvidia/cuda:12.4.1-devel-ubuntu22.04\n";
  const to = "nvidia/cuda:12.4.1-runtime-ubuntu22.04";
  assert.deepEqual(outcomeOf(`${from}RUN nvcc -o x x.cu`, to), [
    "refused",
    `build-fails 2: RUN calls nvcc, which is not in ${to}.`,
  ]);
});

test("an image that runs as another user is said, unless the file sets one", () => {
  const to = "mcr.microsoft.com/dotnet/aspnet:8.0-noble-chiseled";
  const runsAs = `check 1: ${to} runs as app, not as root: files of root and ports below 1024 may be out of its reach.`;
  const from = "FROM mcr.microsoft.com/dotnet/aspnet:8.0\n";
  assert.ok(outcomeOf(from, to).includes(runsAs));
  assert.ok(!outcomeOf(`${from}USER 1000`, to).includes(runsAs));
});

test("jars run on any C library", () => {
  const text =
    'FROM maven:3 AS build\nFROM eclipse-temurin:21\nCOPY --from=build /x.jar /x.jar\nCMD ["java", "-jar", "/x.jar"]';
  assert.deepEqual(outcomeOf(text, "eclipse-temurin:21-alpine"), ["offered"]);
  const to = "gcr.io/distroless/java21-debian13";
  assert.deepEqual(outcomeOf(text, to), [
    "offered",
    `run-fails 4: ${to} starts java -jar itself: leave java out of CMD.`,
  ]);
  assert.deepEqual(outcomeOf(text.replace("CMD", "ENTRYPOINT"), to), ["offered"]);
});

test("distroless has another Python than the official image", () => {
  const to = "gcr.io/distroless/python3-debian13";
  assert.deepEqual(outcomeOf('FROM python:3.13-slim\nCMD ["x.py"]', to), [
    "offered",
    `check 1: ${to} has Debian's Python in /usr/bin: what pip put below /usr/local, and virtual environments of the other Python, are not found there.`,
    `check 2: ${to} starts python3 with what CMD says.`,
  ]);
});

test("a stage on another stage is told where to switch", () => {
  const { dockerfile, stage } = stageOf("FROM debian:12 AS one\nFROM one");
  const [variant] = baseVariants(dockerfile, stage, aWorld()).variants;
  const outcome = switchBase(dockerfile, stage, variant!);
  assert.deepEqual(outcome.kind === "refused" && outcome.reasons.map(({ message }) => message), [
    "It stands on the stage one: give that one another base.",
  ]);
});

test("a JRE does not compile", () => {
  const to = "eclipse-temurin:21-jre";
  assert.deepEqual(outcomeOf("FROM eclipse-temurin:21\nRUN ./mvnw package", to), [
    "offered",
    `check 2: What RUN mvnw compiles needs a JDK, and ${to} is a JRE.`,
  ]);
  assert.deepEqual(outcomeOf("FROM eclipse-temurin:21\nRUN javac X.java", to), [
    "refused",
    `build-fails 2: RUN calls javac, which is not in ${to}: it is a JRE.`,
  ]);
});

test("cgo without a C compiler is said, unless the file decides", () => {
  const to = "golang:1.25-alpine";
  assert.deepEqual(outcomeOf("FROM golang:1.25\nRUN go build .", to), [
    "offered",
    `check 2: ${to} has no C compiler, so that Go builds without cgo: install gcc and musl-dev where it is needed.`,
  ]);
  for (const lines of ["RUN CGO_ENABLED=0 go build .", "ENV CGO_ENABLED=0\nRUN go build ."]) {
    assert.deepEqual(outcomeOf(`FROM golang:1.25\n${lines}`, to), ["offered"]);
  }
});

test("a pinned digest is lost, and a tag that nobody saw is not promised", () => {
  const pinned = `FROM nginx:1.27@sha256:${"a".repeat(64)}`;
  const outcome = switchIn(pinned, "nginx:1.27-alpine");
  assert.deepEqual(outcome.kind === "offered" && outcome.caveats.map(({ message }) => message), [
    "The digest pinned one image; nginx:1.27-alpine is whatever the tag names at the time.",
    "That there is a nginx:1.27-alpine was not checked.",
  ]);
});

test("a stage on another stage, scratch or an unknown image gets no other base", () => {
  const slim = stageOf("FROM debian:12");
  const variant: BaseVariant = baseVariants(slim.dockerfile, slim.stage, aWorld()).variants[0]!;
  for (const text of ["FROM scratch", "FROM acme/app", "FROM a AS x\nFROM x", "FROM $X", "FROM"]) {
    const { dockerfile, stage } = stageOf(text);
    assert.equal(switchBase(dockerfile, stage, variant).kind, "refused", text);
  }
});

test("very many lines are held against a base, and each that it stops is named", () => {
  const lines = Array.from({ length: 5000 }, (_, at) => `USER nobody${at}\nRUN echo ${at}\n`);
  assert.deepEqual(outcomeOf(`FROM node:20\n${lines.join("")}`, "node:20-slim"), [
    "offered",
    ...lines.map(
      (_, at) => `run-fails ${2 * at + 2}: USER nobody${at}: node:20-slim has no such user.`,
    ),
  ]);
});
