import assert from "node:assert/strict";
import { test } from "node:test";
import type { BaseFacts } from "../../../server/src/core/bases/baseFacts.ts";
import {
  describeBase,
  describeBases,
  rootFacts,
} from "../../../server/src/core/bases/describeBase.ts";
import type { BaseWorld } from "../../../server/src/core/bases/describeBase.ts";
import { amd64, arm64, aWorld, engineSize, showSize, stageOf } from "./world.ts";

function factsOf(text: string, world: BaseWorld = aWorld()): BaseFacts {
  const { dockerfile, stage } = stageOf(text);
  return describeBase(dockerfile, stage, world);
}

/** Both figures of the last stage's base. */
function sizesOf(text: string, world?: BaseWorld): readonly string[] {
  const facts = rootFacts(factsOf(text, world));
  if (facts.kind === "unknown") return [`unknown ${facts.text}`];
  return [showSize(facts.sizes.content, "content"), showSize(facts.sizes.transfer, "transfer")];
}

function nearbyOf(text: string): string | undefined {
  const facts = factsOf(text);
  return facts.kind === "image" ? facts.nearby?.name : undefined;
}

test("scratch weighs nothing, exactly", () => {
  assert.deepEqual(sizesOf("FROM scratch"), ["content 0 any scratch", "transfer 0 any scratch"]);
});

test("a tag of the table has its own figures, each with its measure, rounding and date", () => {
  assert.deepEqual(sizesOf("FROM debian:bookworm-slim"), [
    "content 74830000±10000 linux/amd64 table 2026-09-18",
    "transfer 28232590 linux/amd64 table 2026-08-03",
  ]);
});

test("all spellings of a name mean the same image", () => {
  const expected = sizesOf("FROM alpine:3.24.2");
  for (const name of ["library/alpine", "docker.io/alpine", "docker.io/library/alpine"]) {
    assert.deepEqual(sizesOf(`FROM ${name}:3.24.2`), expected, name);
  }
  assert.deepEqual(sizesOf("FROM debian:12-slim"), sizesOf("FROM debian:bookworm-slim"));
  assert.deepEqual(sizesOf("FROM ubuntu:noble"), sizesOf("FROM ubuntu:24.04"));
});

test("the same path in another registry is another image", () => {
  assert.deepEqual(sizesOf("FROM ghcr.io/library/alpine:3.24.2"), ["content ?", "transfer ?"]);
  assert.deepEqual(sizesOf("FROM acme/alpine:3.24.2"), ["content ?", "transfer ?"]);
});

test("a tag that is not in the table has no figures, and the nearest like it is named by its own tag", () => {
  assert.deepEqual(sizesOf("FROM node:20-alpine"), ["content ?", "transfer ?"]);
  for (const [name, nearby] of [
    ["node:20-alpine", "node:20-alpine3.22"],
    ["node:20", "node:20-bullseye"],
    ["node", "node:26-bookworm"],
    ["docker.io/library/node:25", "docker.io/library/node:25-bullseye"],
    ["python:3.13-slim", "python:3.13.15-slim-trixie"],
    ["eclipse-temurin:21-jre-alpine", "eclipse-temurin:21-jre-alpine-3.21"],
    ["eclipse-temurin:21-jdk-alpine", undefined],
    ["nginx:1.27-alpine", undefined],
    ["python:3.13", undefined],
    ["debian:12", undefined],
    ["debian:bookworm-slim", undefined],
    ["acme/app", undefined],
  ] as const) {
    assert.equal(nearbyOf(`FROM ${name}`), nearby, name);
  }
});

test("a name that ARG defaults fill in is looked up, one that only the build knows is not", () => {
  const known = "ARG V=bookworm\nARG BASE=debian:$V-slim\nFROM $BASE";
  assert.deepEqual(sizesOf(known), sizesOf("FROM debian:bookworm-slim"));
  assert.deepEqual(sizesOf("ARG V\nFROM debian:$V"), ["unknown debian:$V"]);
  const facts = factsOf("ARG V\nFROM debian:$V");
  assert.match(facts.kind === "unknown" ? facts.howToKnow : "", /give its ARG a default/);
});

test("what stands after FROM and names nothing says why", () => {
  const said = (text: string): string => {
    const facts = factsOf(text);
    return facts.kind === "unknown" ? facts.howToKnow : facts.kind;
  };
  assert.match(said("ARG V=20\nFROM node:${V#2}"), /in a way that is not followed here/);
  assert.match(said("FROM Node:20"), /No image can be called Node:20/);
  assert.match(said("FROM node:20:30"), /No image can be called node:20:30/);
  assert.match(said("FROM"), /Name an image/);
});

test("a stage stands on what its chain of stages starts from", () => {
  const text = "FROM debian:bookworm-slim AS one\nFROM one AS two\nFROM two";
  const facts = factsOf(text);
  assert.equal(facts.kind === "stage" && facts.stage, 1);
  assert.deepEqual(sizesOf(text), sizesOf("FROM debian:bookworm-slim"));
  assert.deepEqual(sizesOf("FROM scratch AS one\nFROM one"), sizesOf("FROM scratch"));
});

test("figures are of the platform of the stage", () => {
  const transfer = (text: string, world?: BaseWorld): string | undefined => sizesOf(text, world)[1];
  assert.equal(
    transfer("FROM --platform=linux/arm64 ubuntu:24.04"),
    "transfer 28941580 linux/arm64 table 2026-09-11",
  );
  assert.equal(
    transfer("FROM --platform=linux/arm64/v8 ubuntu:24.04"),
    "transfer 28941580 linux/arm64 table 2026-09-11",
  );
  assert.equal(transfer("FROM --platform=linux/mips ubuntu:24.04"), "transfer ?");
  const cross = aWorld({}, { platforms: { target: arm64, build: amd64 } });
  assert.equal(
    transfer("FROM ubuntu:24.04", cross),
    "transfer 28941580 linux/arm64 table 2026-09-11",
  );
  assert.equal(
    transfer("FROM --platform=$BUILDPLATFORM ubuntu:24.04", cross),
    "transfer 29764116 linux/amd64 table 2026-09-11",
  );
  for (const stated of [
    "$TARGETPLATFORM",
    "linux/${TARGETARCH}",
    "$TARGETOS/$TARGETARCH/$TARGETVARIANT",
  ]) {
    assert.equal(
      transfer(`FROM --platform=${stated} ubuntu:24.04`, cross),
      "transfer 28941580 linux/arm64 table 2026-09-11",
    );
  }
  assert.equal(transfer("FROM --platform=$WHATEVER ubuntu:24.04"), "transfer ?");
});

test("a figure whose platform nobody wrote down stands for the usual platform only", () => {
  const name = "gcr.io/distroless/nodejs20-debian12";
  assert.equal(sizesOf(`FROM ${name}`)[0], "content 181000000±1000000 any table 2024-03-19");
  assert.equal(sizesOf(`FROM --platform=linux/arm64 ${name}`)[0], "content ?");
});

test("a digest has no tag's figures", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  assert.deepEqual(sizesOf(`FROM debian:bookworm-slim@${digest}`), ["content ?", "transfer ?"]);
  assert.deepEqual(sizesOf(`FROM debian@${digest}`), ["content ?", "transfer ?"]);
});

test("what the engine holds wins over the table, measure by measure", () => {
  const name = "debian:bookworm-slim";
  const world = aWorld({ [name]: { engine: { content: engineSize(1234), transfer: undefined } } });
  assert.deepEqual(sizesOf(`FROM ${name}`, world), [
    "content 1234 linux/amd64 engine",
    "transfer 28232590 linux/amd64 table 2026-08-03",
  ]);
});

test("what the engine holds for another platform is not the base", () => {
  const name = "acme/app:1";
  const engine = { content: engineSize(1234, "linux/arm64/v8"), transfer: undefined };
  const world = aWorld({ [name]: { engine } });
  assert.deepEqual(sizesOf(`FROM ${name}`, world), ["content ?", "transfer ?"]);
  assert.equal(
    sizesOf(`FROM --platform=linux/arm64 ${name}`, world)[0],
    "content 1234 linux/arm64/v8 engine",
  );
});

test("unknown says how to know, exact says nothing", () => {
  const advice = (text: string, world?: BaseWorld): string => {
    const facts = factsOf(text, world);
    return facts.kind === "image" ? (facts.howToKnow ?? "") : "";
  };
  assert.equal(
    advice("FROM ghcr.io/acme/app:1"),
    "It is measured exactly once an engine here has it: docker pull --platform=linux/amd64 ghcr.io/acme/app:1, or build it. With the setting tare.registry on, ghcr.io is asked for its compressed size.",
  );
  assert.doesNotMatch(
    advice("FROM acme/app", aWorld({}, { isRegistryOn: true })),
    /tare\.registry/,
  );
  const held = aWorld({ "acme/app": { engine: { content: engineSize(5), transfer: undefined } } });
  assert.equal(advice("FROM acme/app", held), "");
});

test("what an image holds is told from its name where its maker is known", () => {
  for (const [name, expected] of [
    ["node:20", "Node.js on Debian full glibc dash apt"],
    ["node:20-slim", "Node.js on Debian, slim slim glibc dash apt"],
    ["node:20-alpine3.22", "Node.js on Alpine alpine musl busybox apk"],
    ["alpine", "Alpine alpine musl busybox apk"],
    ["debian:bookworm-slim", "Debian, slim slim glibc dash apt"],
    ["busybox:musl", "BusyBox busybox musl busybox none"],
    ["gcr.io/distroless/static-debian12:nonroot", "Distroless, static static none none none"],
    ["gcr.io/distroless/java21-debian12", "Distroless, Java distroless glibc none none"],
    ["eclipse-temurin:17-jre-ubi9-minimal", "Java on Red Hat UBI, slim slim glibc bash microdnf"],
    ["buildpack-deps:jammy", "Build tools on Ubuntu full glibc dash apt"],
    ["fedora", "Fedora full glibc bash dnf"],
    ["mcr.microsoft.com/dotnet/aspnet:8.0", ".NET on Debian slim glibc dash apt"],
    ["mcr.microsoft.com/dotnet/sdk:10.0", ".NET on Ubuntu full glibc dash apt"],
    [
      "mcr.microsoft.com/dotnet/aspnet:9.0-noble-chiseled",
      ".NET on Ubuntu, distroless distroless glibc none none",
    ],
    ["mcr.microsoft.com/dotnet/aspnet:9.0-azurelinux3.0", "unknown"],
    ["hello-world:nanoserver-ltsc2025", "unknown"],
    ["golang:1.25-windowsservercore", "unknown"],
    ["acme/node:20", "unknown"],
  ] as const) {
    const facts = factsOf(`FROM ${name}`);
    const traits = facts.kind === "image" ? facts.traits : undefined;
    const shown =
      traits === undefined
        ? "unknown"
        : `${traits.title} ${traits.kind} ${traits.libc} ${traits.shell} ${traits.packageManager}`;
    assert.equal(shown, expected, name);
  }
});

test("half-typed text is unknown, not an error", () => {
  for (const text of ["FROM", "FROM ", "FROM :", "FROM @sha256:", "FROM UPPER", "FROM a@b"]) {
    assert.equal(factsOf(text).kind, "unknown", text);
  }
});

test("all stages together are described as each of them alone", () => {
  const { dockerfile } = stageOf(
    [
      "FROM debian:12-slim AS a",
      "FROM debian:12-slim AS b",
      "FROM --platform=linux/arm64 debian:12-slim AS c",
      "FROM a AS d",
      "FROM scratch AS e",
      "FROM $NONE AS f",
      "FROM $NONE",
    ].join("\n"),
  );
  const world = aWorld();
  assert.deepEqual(
    describeBases(dockerfile, world),
    dockerfile.stages.map((stage) => describeBase(dockerfile, stage, world)),
  );
});
