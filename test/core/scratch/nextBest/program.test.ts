import assert from "node:assert/strict";
import { test } from "node:test";
import { rewritesFor } from "../../../../server/src/core/scratch/rewrites.ts";
import { findReadiness } from "../../../../server/src/core/scratch/findReadiness.ts";
import type { ImageBuilder } from "../../../support/imageBuilder.ts";
import { aProgram, aSystem, scratchInputOf } from "../toScratchCase.ts";
import { checkSmaller, refusalOf, smallerOf } from "./nextBestCase.ts";

const text = 'FROM golang:1.24\nWORKDIR /src\nCOPY . .\nRUN go build -o /app .\nCMD ["/app"]\n';
const build = "FROM golang:1.24 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /app .\n\n";

function built(spec: Parameters<typeof aProgram>[0], constants = ""): ImageBuilder {
  return aSystem()
    .layer({
      "etc/os-release": { content: 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n' },
    })
    .emptyRow("WORKDIR /src")
    .layer({ "src/main.go": "1kB" }, { createdBy: "COPY . . # buildkit" })
    .layer(
      { app: aProgram(spec, constants) },
      { createdBy: "RUN /bin/sh -c go build -o /app . # buildkit" },
    )
    .emptyRow('CMD ["/app"]')
    .settings({ cmd: ["/app"], workingDir: "/src" });
}

const dynamic = { interpreter: "/lib64/ld-linux-x86-64.so.2", needed: ["libc.so.6"] };

test("a static program goes alone where certificates and time zones are already", () => {
  const offer = checkSmaller(
    text,
    "distroless",
    `${build}FROM gcr.io/distroless/static-debian12\nCOPY --from=build /app /app\nWORKDIR /src\nCMD ["/app"]\n`,
    built({}),
  );
  assert.equal(offer.size, undefined, "nobody knows what the base weighs today");
});

test("a program of glibc goes where the same release of it is", () => {
  checkSmaller(
    text,
    "distroless",
    `${build}FROM gcr.io/distroless/base-debian12\nCOPY --from=build /app /app\nWORKDIR /src\nCMD ["/app"]\n`,
    built(dynamic),
  );
  checkSmaller(
    text,
    "slim",
    `${build}FROM debian:bookworm-slim\nCOPY --from=build /app /app\nWORKDIR /src\nCMD ["/app"]\n`,
    built(dynamic),
  );
  assert.equal(
    refusalOf(text, "alpine", built(dynamic)),
    "The program is linked with glibc, and Alpine has musl.",
  );
});

test("a start line that needs a shell rules distroless out and Alpine in", () => {
  const line = "CMD /app --port $PORT";
  const shell = text.replace('CMD ["/app"]', line);
  const image = built({}).settings({ cmd: ["/bin/sh", "-c", "/app --port $PORT"] });
  assert.equal(
    refusalOf(shell, "distroless", image),
    "The start line needs a shell, and gcr.io/distroless/static-debian12 has none.",
  );
  checkSmaller(
    shell,
    "alpine",
    `${build}FROM alpine:3\nCOPY --from=build /app /app\nWORKDIR /src\n${line}\n`,
    image,
  );
  const loading = built(dynamic).settings({ cmd: ["/bin/sh", "-c", "/app --port $PORT"] });
  assert.match(refusalOf(shell, "slim", loading), /write the start line in exec form/);
});

test("without an image nothing is known of what a compiler makes", () => {
  const reason = "Which files the program needs shows only a built image: build it once.";
  assert.deepEqual(
    smallerOf(text).refusals.map((one) => one.reason),
    [reason, reason, reason],
  );
});

test("all places together: scratch first, then distroless, Alpine and slim, and why not", () => {
  const input = scratchInputOf(text, built({}));
  const readiness = findReadiness(input);
  assert.ok(readiness);
  const { offers, refusals } = rewritesFor(input, readiness);
  const targets = offers.map(({ target }) => target);
  assert.deepEqual([...new Set(targets)], ["scratch", "distroless", "alpine"]);
  assert.deepEqual(refusals, [
    { target: "slim", reason: "The program needs nothing that slim has and Alpine has not." },
  ]);
});

test("Ruby and PHP get another base under the same lines; unknown images are left alone", () => {
  const ruby = smallerOf(
    'FROM ruby:3.3\nWORKDIR /app\nCOPY . .\nRUN bundle install\nCMD ["ruby", "a.rb"]\n',
  );
  assert.deepEqual(
    ruby.offers.map(({ title }) => title),
    ["FROM ruby:3.3-alpine", "FROM ruby:3.3-slim"],
  );
  assert.match(ruby.refusals[0]!.reason, /There is no distroless image with what ruby:3\.3 brings/);
  const php = smallerOf('FROM php:8.2-cli\nCOPY . /srv\nCMD ["php", "/srv/x.php"]\n');
  assert.deepEqual(
    php.offers.map(({ title }) => title),
    ["FROM php:8.2-cli-alpine"],
  );
  const own = smallerOf("FROM registry.example.com/base:1\nCMD /app\n");
  assert.deepEqual(own.offers, []);
  assert.match(own.refusals[0]!.reason, /What registry\.example\.com\/base:1 holds is not known/);
  assert.deepEqual(smallerOf("FROM scratch\nCOPY a /a\n"), { offers: [], refusals: [] });
});
