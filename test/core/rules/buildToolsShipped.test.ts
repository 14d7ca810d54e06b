import assert from "node:assert/strict";
import { test } from "node:test";
import { buildToolsShipped } from "../../../server/src/core/rules/buildToolsShipped.ts";
import { checkFix, checkRule, ruleFindings } from "../../support/checkRule.ts";
import { anImage } from "../../support/imageBuilder.ts";

const check = (text: string) => checkRule(buildToolsShipped, undefined, text);

test("text alone says which tools stay", () => {
  check(`FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends gcc=4:12 libc6-dev curl
#                                                                ^^^^^^^^ build-tools-shipped: The build tools gcc, libc6-dev stay in the image. Where only the build needs them, move it to a stage of its own.
`);
  check(`FROM alpine:3.20
RUN apk add --no-cache \\
    # to compile wheels
    make \\
#   ^^^^ build-tools-shipped: The build tool make stays in the image. Where only the build needs it, move it to a stage of its own.
    bash
`);
});

test("a heredoc is read like any script", () => {
  const [finding] = ruleFindings(
    buildToolsShipped,
    undefined,
    "FROM fedora:40\nRUN <<END\nset -e\ndnf install -y gcc-c++\nEND\n",
  );
  assert.match(finding?.message ?? "", /^The build tool gcc-c\+\+ stays in the image\./);
});

test("nothing is said of build stages, of what the same RUN removes, and of programs that are started with tools", () => {
  check(
    "FROM debian:12 AS build\nRUN apt-get install -y gcc\nFROM debian:12\nCOPY --from=build /a /a\n",
  );
  check("FROM debian:12\nRUN apt-get install -y gcc && make && apt-get purge -y gcc\n");
  check("FROM alpine\nRUN apk add --virtual .b gcc && make && apk del .b\n");
  check("FROM debian:12\nRUN apt-get install -y make\nCMD make serve\n");
  check("FROM debian:12\nRUN apt-get install -y git curl make-doc\n");
  check("FROM debian:12\nRUN apt-get install -y $PACKAGES || true\n");
  check('FROM debian:12\nRUN ["apt-get", "update"]\n');
});

test("tools that a later RUN removes are only hidden: one RUN of both leaves nothing", () => {
  check(`FROM alpine:3.20
RUN apk add --no-cache build-base
#                      ^^^^^^^^^^ build-tools-shipped: The build tool build-base stays in this layer: removing in line 4 only hides it.
COPY . /src
RUN make -C /src && apk del build-base
`);
  checkFix(
    buildToolsShipped,
    undefined,
    "FROM alpine:3.20\nRUN apk add --virtual .b gcc make\nRUN make\nRUN apk del .b\n",
    "FROM alpine:3.20\nRUN apk add --virtual .b gcc make \\\n && make \\\n && apk del .b\n",
  );
});

test("git counts where it only fetches sources", () => {
  check(`FROM alpine
RUN apk add git && git clone https://example.com/x /x
#           ^^^ build-tools-shipped: The build tool git stays in the image. Where only this RUN needs it, remove it at its end.
`);
});

test("apk removes what it named, and keeps what programs need to run", () => {
  checkFix(
    buildToolsShipped,
    undefined,
    `FROM alpine
RUN apk add --no-cache g++ musl-dev \\
 && pip install numpy
`,
    `FROM alpine
RUN apk add --virtual .build-deps --no-cache g++ musl-dev \\
 && pip install numpy \\
 && apk add --no-cache libstdc++ && apk del .build-deps
`,
  );
  checkFix(
    buildToolsShipped,
    undefined,
    "FROM alpine\nRUN apk add --no-cache make bash && make install\n",
    "FROM alpine\nRUN apk add --no-cache make bash && make install && apk del make\n",
  );
});

test("apt purges with what came along", () => {
  checkFix(
    buildToolsShipped,
    undefined,
    `FROM python:3.12-slim
RUN <<END
set -e
apt-get update
apt-get install -y gcc libc6-dev
pip install uwsgi
END
`,
    `FROM python:3.12-slim
RUN <<END
set -e
apt-get update
apt-get install -y gcc libc6-dev
pip install uwsgi
apt-get purge -y --auto-remove gcc libc6-dev
END
`,
  );
});

test("no fix where a library would go along, where a later RUN builds, where nothing is built, without root", () => {
  const fixesOf = (text: string) => ruleFindings(buildToolsShipped, undefined, text)[0]?.fixes;
  for (const lines of [
    "RUN apt-get install -y gcc libpq-dev && pip install x",
    "RUN apt-get install -y gcc && make\nRUN pip install x",
    "RUN apt-get install -y gcc",
    "USER a\nRUN apt-get install -y gcc && make",
  ]) {
    assert.deepEqual(fixesOf(`FROM debian:12\n${lines}\n`), [], lines);
  }
});

const info = "var/lib/dpkg/info";
const status = (...names: readonly string[]) => ({
  content: names
    .map((name) => `Package: ${name}\nStatus: install ok installed\nVersion: 1\n`)
    .join("\n"),
});
const installed = anImage()
  .base("bin/sh 10MB")
  .layer(
    {
      "usr/bin/gcc-12": "30MB",
      "usr/include/stdio.h": "2MB",
      "usr/bin/curl": "1MB",
      "var/lib/dpkg/status": status("gcc-12", "libc6-dev", "curl"),
      [`${info}/gcc-12.list`]: { content: "/usr/bin/gcc-12\n" },
      [`${info}/libc6-dev.list`]: { content: "/usr/include/stdio.h\n" },
      [`${info}/curl.list`]: { content: "/usr/bin/curl\n" },
    },
    { createdBy: "RUN /bin/sh -c apt-get install -y gcc curl # buildkit" },
  );

test("the image says what they weigh", () => {
  checkRule(
    buildToolsShipped,
    installed,
    `FROM debian:12
RUN apt-get install -y gcc curl
#                      ^^^ build-tools-shipped: 32 MB of build tools are in this layer: gcc-12, libc6-dev. Where only the build needs them, move it to a stage of its own.
`,
  );
});

test("a changed line is judged by its text", () => {
  checkRule(
    buildToolsShipped,
    installed,
    `FROM debian:12
RUN apt-get install -y curl gcc
#                           ^^^ build-tools-shipped: The build tool gcc stays in the image. Where only the build needs it, move it to a stage of its own.
`,
  );
});

test("nothing is said where the image shows that the layer brought none", () => {
  checkRule(
    buildToolsShipped,
    anImage()
      .base({
        "usr/bin/gcc-12": "30MB",
        "var/lib/dpkg/status": status("gcc-12"),
        [`${info}/gcc-12.list`]: { content: "/usr/bin/gcc-12\n" },
      })
      .layer("etc/x 1kB", { createdBy: "RUN /bin/sh -c apt-get install -y gcc # buildkit" }),
    "FROM debian:12\nRUN apt-get install -y gcc\n",
  );
});
