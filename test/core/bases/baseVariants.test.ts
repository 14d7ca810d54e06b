import assert from "node:assert/strict";
import { test } from "node:test";
import type { BaseFindings } from "../../../server/src/core/bases/baseFacts.ts";
import { baseVariants } from "../../../server/src/core/bases/baseVariants.ts";
import { registrySizes } from "../../../server/src/core/bases/baseSize.ts";
import { stageRole } from "../../../server/src/core/bases/stageRole.ts";
import { amd64, aWorld, engineSize, stageOf } from "./world.ts";

/** Each variant as `name difference measure`, `?` where there is none. */
function variantsOf(
  text: string,
  findings: Readonly<Record<string, BaseFindings>> = {},
): readonly string[] {
  const { dockerfile, stage } = stageOf(text);
  return baseVariants(dockerfile, stage, aWorld(findings)).variants.map(
    ({ name, difference }) =>
      `${name} ${difference === undefined ? "?" : `${difference.bytes} ${difference.measure}`}`,
  );
}

/** The names alone. */
function namesOf(name: string): string {
  return variantsOf(`FROM ${name}`)
    .map((row) => row.split(" ")[0])
    .join(" ");
}

test("variants are named as their maker names them", () => {
  for (const [name, expected] of [
    ["node:20", "node:20-slim node:20-alpine gcr.io/distroless/nodejs20-debian12"],
    ["node", "node:slim node:alpine"],
    [
      "node:20-bookworm",
      "node:20-bookworm-slim node:20-alpine gcr.io/distroless/nodejs20-debian12",
    ],
    ["node:20-slim", "node:20-alpine gcr.io/distroless/nodejs20-debian12"],
    ["node:20-alpine3.22", ""],
    [
      "docker.io/library/node:23",
      "docker.io/library/node:23-slim docker.io/library/node:23-alpine",
    ],
    ["python:3.12-bookworm", "python:3.12-slim-bookworm python:3.12-alpine"],
    ["python:3.13.5", "python:3.13.5-slim python:3.13.5-alpine gcr.io/distroless/python3-debian13"],
    ["perl:5-threaded-bullseye", "perl:5-slim-threaded-bullseye"],
    ["php:8-fpm", "php:8-fpm-alpine"],
    ["php:8-apache", ""],
    ["php:apache", ""],
    ["nginx:1.27-perl", "nginx:1.27-alpine-perl nginx:1.27-alpine-slim"],
    ["nginx:alpine", "nginx:alpine-slim"],
    ["nginx:alpine-slim", ""],
    [
      "eclipse-temurin:21-jdk-noble",
      "eclipse-temurin:21-jre eclipse-temurin:21-jdk-alpine eclipse-temurin:21-jre-alpine gcr.io/distroless/java21-debian13",
    ],
    ["eclipse-temurin:21-jre", "eclipse-temurin:21-jre-alpine gcr.io/distroless/java21-debian13"],
    ["eclipse-temurin", ""],
    ["eclipse-temurin:21-jdk-centos7", ""],
    [
      "mcr.microsoft.com/dotnet/aspnet:8.0",
      "mcr.microsoft.com/dotnet/aspnet:8.0-alpine mcr.microsoft.com/dotnet/aspnet:8.0-noble-chiseled",
    ],
    ["mcr.microsoft.com/dotnet/aspnet:8.0-noble-chiseled", ""],
    ["mcr.microsoft.com/dotnet/aspnet:6.0", ""],
    ["mcr.microsoft.com/dotnet/sdk:8.0", "mcr.microsoft.com/dotnet/sdk:8.0-alpine"],
    ["oven/bun:1", "oven/bun:1-slim oven/bun:1-alpine oven/bun:1-distroless"],
    ["oven/bun:1-alpine", ""],
    ["nvidia/cuda:12.4.1-cudnn-devel-ubuntu22.04", "nvidia/cuda:12.4.1-cudnn-runtime-ubuntu22.04"],
    ["nvidia/cuda:12.4.1-devel-ubi8", "nvidia/cuda:12.4.1-runtime-ubi8"],
    ["nvidia/cuda:12.4.1-runtime-ubi8", ""],
    ["debian", ""],
    ["debian:12", "debian:12-slim gcr.io/distroless/base-debian12"],
    ["debian:bookworm-backports", "gcr.io/distroless/base-debian12"],
    ["debian:trixie-20260803", "debian:trixie-20260803-slim gcr.io/distroless/base-debian13"],
    ["ubuntu:24.04", ""],
    ["scratch", ""],
    ["acme/node:20", ""],
    ["ghcr.io/acme/app", ""],
    ["gcr.io/distroless/nodejs20-debian12", ""],
  ] as const) {
    assert.equal(namesOf(name), expected, name);
  }
});

test("a difference is told where both figures of one measure are known", () => {
  const size = (bytes: number): BaseFindings => ({
    engine: { content: engineSize(bytes), transfer: undefined },
  });
  const transfer = (bytes: number): BaseFindings => ({
    registry: registrySizes({ transferBytes: bytes, platform: amd64, askedMs: 0 }),
  });
  assert.deepEqual(
    variantsOf("FROM node:20", { "node:20": size(1e9), "node:20-slim": size(2e8) }),
    [
      "node:20-slim -800000000 content",
      "node:20-alpine ?",
      "gcr.io/distroless/nodejs20-debian12 -819000000 content",
    ],
  );
  assert.deepEqual(
    variantsOf("FROM node:20", { "node:20": size(1e9), "node:20-slim": transfer(2e8) }),
    [
      "node:20-slim ?",
      "node:20-alpine ?",
      "gcr.io/distroless/nodejs20-debian12 -819000000 content",
    ],
  );
  assert.equal(
    variantsOf("FROM node:20", { "node:20": transfer(1e9), "node:20-slim": transfer(2e8) })[0],
    "node:20-slim -800000000 transfer",
  );
});

test("what is known to be no smaller is left out: distroless is not small by its name", () => {
  const engine = { content: engineSize(135e6), transfer: undefined };
  assert.deepEqual(variantsOf("FROM node:20-slim", { "node:20-slim": { engine } }), [
    "node:20-alpine ?",
  ]);
});

test("a variant whose tag is not in the table says so, with the nearest by its own tag", () => {
  const { dockerfile, stage } = stageOf("FROM node:20");
  const rows = baseVariants(dockerfile, stage, aWorld()).variants.map(
    ({ name, nearby, isSeen, sizes }) => [name, isSeen, nearby?.name, sizes.content?.bytes],
  );
  assert.deepEqual(rows, [
    ["node:20-slim", false, "node:22-bullseye-slim", undefined],
    ["node:20-alpine", false, "node:20-alpine3.22", undefined],
    ["gcr.io/distroless/nodejs20-debian12", true, undefined, 181e6],
  ]);
});

test("what a stage is for decides what base is right for it", () => {
  const text = `
FROM golang:1.25 AS build
FROM build AS unit-test
FROM build AS dev
FROM debian:12-slim AS base
FROM base AS shipped`;
  const { dockerfile } = stageOf(text);
  const rows = dockerfile.stages.map((stage) => {
    const { role, fit } = baseVariants(dockerfile, stage, aWorld());
    return `${stageRole(dockerfile, stage)} ${role} ${String(fit?.isRight)}`;
  });
  assert.deepEqual(rows, [
    "build build true",
    "test test false",
    "development development true",
    "final final false",
    "final final false",
  ]);
});

test("nothing is advised about an image that is not known", () => {
  const { dockerfile, stage } = stageOf("FROM acme/app");
  assert.equal(baseVariants(dockerfile, stage, aWorld()).fit, undefined);
});

test("a compiler that ships is named as what it is", () => {
  for (const [text, isNamed] of [
    ["FROM golang:1.25", true],
    ["FROM golang:1.25-alpine", true],
    ["FROM golang:1.25 AS build\nFROM scratch", false],
    ["FROM node:20", false],
  ] as const) {
    const { dockerfile, stage } = stageOf(text);
    const advice = baseVariants(dockerfile, stage, aWorld()).fit?.advice ?? "";
    assert.equal(advice.includes("ships its compiler"), isNamed, text);
  }
});
