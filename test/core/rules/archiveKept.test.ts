import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { archiveKept } from "../../../server/src/core/rules/archiveKept.ts";
import { removedLater } from "../../../server/src/core/rules/removedLater.ts";
import { checkFix, checkRule, ruleFindings } from "../../support/checkRule.ts";
import { anImage } from "../../support/imageBuilder.ts";

function run(script: string): { readonly createdBy: string } {
  return { createdBy: `RUN /bin/sh -c ${script} # buildkit` };
}

const fetch = "curl -fsSLo /tmp/go.tgz https://example.org/go.tgz && tar -C /opt -xzf /tmp/go.tgz";

suite("archive-kept, measured", () => {
  const image = anImage()
    .base("usr/lib/libc.so 70MB")
    .layer("tmp/go.tgz 68MB, opt/go/bin/go 200MB", run(fetch));

  test("states the archive's bytes, and deletes it in the same RUN", () => {
    const text = `FROM debian:12
RUN ${fetch}
#               ^^^^^^^^^^^ archive-kept: The archive \`/tmp/go.tgz\` stays in this layer after it was unpacked: 68 MB.
`;
    checkRule(archiveKept, image, text);
    const [finding] = ruleFindings(archiveKept, image, text);
    assert.deepEqual(finding?.fixes[0]?.saving, { bytes: 68e6, basis: "measured" });
    checkFix(
      archiveKept,
      image,
      `FROM debian:12\nRUN ${fetch}\n`,
      `FROM debian:12\nRUN ${fetch} && rm /tmp/go.tgz\n`,
    );
  });

  test("is silent where the layer has no such file", () => {
    const without = anImage().base("usr/lib/libc.so 70MB").layer("opt/go/bin/go 200MB", run(fetch));
    checkRule(archiveKept, without, `FROM debian:12\nRUN ${fetch}\n`);
  });

  test("speaks of an archive that a later line deletes, and the rule for deleted files does not", () => {
    const hidden = anImage()
      .base("usr/lib/libc.so 70MB")
      .layer("tmp/go.tgz 68MB, opt/go/bin/go 200MB", run(fetch))
      .layer({ "tmp/.wh.go.tgz": "0" }, run("rm /tmp/go.tgz"));
    const text = `FROM debian:12
RUN ${fetch}
RUN rm /tmp/go.tgz
`;
    checkRule(removedLater, hidden, text);
    checkRule(removedLater, undefined, text);
    checkRule(
      archiveKept,
      hidden,
      `FROM debian:12
RUN ${fetch}
#               ^^^^^^^^^^^ archive-kept: The archive \`/tmp/go.tgz\` stays in this layer after it was unpacked: 68 MB; line 3 only hides it.
RUN rm /tmp/go.tgz
`,
    );
    checkFix(archiveKept, hidden, text, `FROM debian:12\nRUN ${fetch} && rm /tmp/go.tgz\n`);
  });

  test("mounts what is copied only to be unpacked", () => {
    const copied = anImage()
      .base("usr/lib/libc.so 70MB")
      .layer("tmp/app.tar.gz 12MB", { createdBy: "COPY app.tar.gz /tmp/ # buildkit" })
      .layer(
        { "tmp/.wh.app.tar.gz": "0", "opt/app": "30MB" },
        run("tar xzf /tmp/app.tar.gz -C /opt && rm /tmp/app.tar.gz"),
      );
    const text = `FROM debian:12
COPY app.tar.gz /tmp/
RUN tar xzf /tmp/app.tar.gz -C /opt && rm /tmp/app.tar.gz
`;
    const [finding] = ruleFindings(archiveKept, copied, text);
    assert.deepEqual(finding?.saving, { bytes: 12e6, basis: "measured" });
    assert.deepEqual(finding?.fixes[0]?.saving, { bytes: 12e6, basis: "measured" });
    checkRule(removedLater, copied, text);
    checkFix(
      archiveKept,
      copied,
      text,
      `FROM debian:12
RUN --mount=type=bind,source=app.tar.gz,target=/tmp/app.tar.gz tar xzf /tmp/app.tar.gz -C /opt
`,
    );
  });
});

suite("archive-kept, from the text", () => {
  const fires: Readonly<Record<string, string>> = {
    "a package that was downloaded": `FROM debian:12
RUN wget -q https://example.org/a_1.0_amd64.deb -O /tmp/a.deb \\
#                                                  ^^^^^^^^^^ archive-kept: The archive \`/tmp/a.deb\` stays in this layer after it was unpacked.
    && dpkg -i /tmp/a.deb
`,
    "from another stage": `FROM debian:12 AS build
RUN tar -cf /out.tar /usr/local
FROM debian:12
COPY --from=build /out.tar /
#                 ^^^^^^^^ archive-kept: The archive \`/out.tar\` stays in this layer after it was unpacked.
RUN tar -xf /out.tar -C /
`,
    "a URL that ADD does not unpack": `FROM debian:12
ADD https://example.org/a.tar.gz /tmp/
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ archive-kept: The archive \`/tmp/a.tar.gz\` stays in this layer after it was unpacked.
RUN tar -xf /tmp/a.tar.gz
`,
    "in a working directory, with a variable": `FROM debian:12
ARG V=1
WORKDIR /src
RUN curl -fsSLO https://example.org/a-$V.zip; unzip -q a-$V.zip
#               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ archive-kept: The archive \`/src/a-1.zip\` stays in this layer after it was unpacked.
`,
  };
  for (const [name, text] of Object.entries(fires)) {
    test(`fires: ${name}`, () => checkRule(archiveKept, undefined, text));
  }

  const silent: Readonly<Record<string, string>> = {
    "deleted in the same RUN": `FROM debian:12
RUN ${fetch} && rm -f /tmp/go.tgz
`,
    "deleted with its folder": `FROM debian:12
RUN ${fetch}; rm -rf /tmp/*
`,
    piped: `FROM debian:12
RUN curl -fsSL https://example.org/go.tgz | tar -xz -C /opt
`,
    "unpacked by ADD": `FROM debian:12
ADD app.tar.gz /opt/
RUN tar -tf /opt/app.tar.gz
`,
    "never unpacked": `FROM debian:12
COPY app.zip /srv/app.zip
`,
    "made, not unpacked": `FROM debian:12
COPY a.tar /a.tar
RUN tar -cf /a.tar /etc
`,
    mounted: `FROM debian:12
RUN --mount=type=bind,source=a.tgz,target=/a.tgz tar -xf /a.tgz
`,
    "downloaded into a cache": `FROM debian:12
RUN --mount=type=cache,target=/tmp curl -o /tmp/a.tgz https://example.org/a.tgz && tar -xf /tmp/a.tgz
`,
    "in a stage that is not shipped": `FROM debian:12 AS build
RUN ${fetch}
FROM debian:12
COPY --from=build /opt/go /opt/go
`,
  };
  for (const [name, text] of Object.entries(silent)) {
    test(`silent: ${name}`, () => checkRule(archiveKept, undefined, text));
  }
});

suite("archive-kept, mended", () => {
  test("by a relative name where nothing changes the folder", () => {
    checkFix(
      archiveKept,
      undefined,
      `FROM node:22
RUN set -eux; \\
    curl -fsSLO https://example.org/a.zip; \\
    unzip -q a.zip
`,
      `FROM node:22
RUN set -eux; \\
    curl -fsSLO https://example.org/a.zip; \\
    unzip -q a.zip; \\
    rm a.zip
`,
    );
  });

  test("by its whole path behind a cd", () => {
    checkFix(
      archiveKept,
      undefined,
      `FROM node:22
WORKDIR /src
RUN curl -fsSLO https://example.org/a.zip && cd /opt && unzip -q /src/a.zip
`,
      `FROM node:22
WORKDIR /src
RUN curl -fsSLO https://example.org/a.zip && cd /opt && unzip -q /src/a.zip && rm /src/a.zip
`,
    );
  });

  test("by joining what downloads with what unpacks and deletes", () => {
    checkFix(
      archiveKept,
      undefined,
      `FROM debian:12
RUN curl -o /tmp/a.zip https://example.org/a.zip
RUN unzip /tmp/a.zip && rm /tmp/a.zip
`,
      `FROM debian:12
RUN curl -o /tmp/a.zip https://example.org/a.zip \\
 && unzip /tmp/a.zip && rm /tmp/a.zip
`,
    );
  });
});
