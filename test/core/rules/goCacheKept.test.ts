import assert from "node:assert/strict";
import { test } from "node:test";
import { goCacheKept } from "../../../server/src/core/rules/goCacheKept.ts";
import { ruleFindings } from "../../support/checkRule.ts";
import { testCacheRule } from "./managers/cacheCases.ts";

testCacheRule(goCacheKept, {
  message: "Files of Go's build cache stay in this layer.",
  reported: [
    ["RUN go build -o /app .", "go build"],
    ["RUN CGO_ENABLED=0 go install ./...", "go install"],
  ],
  silent: [
    "RUN go version",
    "RUN go build . && go clean -cache",
    "RUN go build . && rm -rf /root/.cache/go-build",
    "RUN --mount=type=cache,target=/root/.cache/go-build go build .",
  ],
  measured: [
    ["root/.cache/go-build/00/a 50MB", "50 MB of files of Go's build cache stay in this layer."],
    ["go/pkg/mod/example.com/a 50MB", "50 MB of downloaded Go modules stay in this layer."],
  ],
  fixes: [
    [
      "RUN go mod download",
      "RUN go mod download && go clean -modcache",
      "Delete the downloaded Go modules in the same RUN",
    ],
    [
      "RUN go build -o /app .",
      "RUN go build -o /app . && rm -rf ~/.cache/go-build",
      "Delete Go's build cache in the same RUN",
    ],
  ],
});

test("a mount for modules is offered where GOPATH is known", () => {
  const targetIn = (from: string): string | undefined => {
    const text = `# syntax=docker/dockerfile:1\n${from}\nRUN go mod download\n`;
    const fixes = ruleFindings(goCacheKept, undefined, text)[0]?.fixes ?? [];
    const mount = fixes.find(({ title }) => title.includes("mount"));
    return mount?.edits[0]?.newText.replace(" --mount=type=cache,target=", "");
  };
  assert.equal(targetIn("FROM golang:1.22"), "/go/pkg/mod");
  assert.equal(targetIn("FROM golang:1.22\nENV GOPATH=/work"), "/work/pkg/mod");
  assert.equal(targetIn("FROM alpine\nENV GOMODCACHE=/mods"), "/mods");
  assert.equal(targetIn("FROM golang:1.22\nARG P\nENV GOPATH=$P"), undefined);
  assert.equal(targetIn("FROM alpine\nRUN apk add go"), undefined);
});
