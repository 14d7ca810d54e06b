import assert from "node:assert/strict";
import { test } from "node:test";
import { aptListsKept } from "../../../server/src/core/rules/aptListsKept.ts";
import { checkFix, checkRule, ruleFindings } from "../../support/checkRule.ts";
import { anImage } from "../../support/imageBuilder.ts";

const installing = "RUN /bin/sh -c apt-get update && apt-get install -y curl # buildkit";

const image = anImage()
  .base("usr/lib/libc.so 70MB")
  .layer("var/lib/apt/lists/main 19MB, var/lib/apt/lists/lock 0, usr/bin/curl 1MB", {
    createdBy: installing,
  });

test("lists in the layer are measured, on the call that fetched them", () => {
  const text = `
FROM debian:12
RUN apt-get update && apt-get install -y curl
#   ^^^^^^^^^^^^^^ apt-lists-kept: 19 MB of package lists stay in this layer.
`;
  checkRule(aptListsKept, image, text);
  const [finding] = ruleFindings(aptListsKept, image, text);
  assert.deepEqual(finding?.saving, { bytes: 19e6, basis: "measured" });
});

test("a layer without lists is silent whatever the text says", () => {
  const clean = anImage()
    .base("usr/lib/libc.so 70MB")
    .layer("usr/bin/curl 1MB", { createdBy: installing });
  checkRule(aptListsKept, clean, "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n");
});

test("a script that fetches lists out of sight is reported on the keyword", () => {
  const script = anImage()
    .base("usr/lib/libc.so 70MB")
    .layer("var/lib/apt/lists/main 19MB", { createdBy: "RUN /bin/sh -c /setup.sh # buildkit" });
  checkRule(
    aptListsKept,
    script,
    `
FROM debian:12
RUN /setup.sh
#^^ apt-lists-kept: 19 MB of package lists stay in this layer.
`,
  );
});

test("a line that changed since the build speaks of the text alone", () => {
  const text = `
FROM debian:12
RUN apt-get update && apt-get install -y wget
#   ^^^^^^^^^^^^^^ apt-lists-kept: Package lists stay in this layer.
`;
  checkRule(aptListsKept, image, text);
  const [finding] = ruleFindings(aptListsKept, image, text);
  assert.equal(finding?.saving, undefined);
});

for (const text of [
  "RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*",
  "RUN apt-get update; apt-get install -y curl; rm -rf /var/lib/apt/lists",
  "RUN set -eux; apt-get update; rm -r /var/lib/apt/lists/*",
  "RUN apt-get update \\\n  # comment\n  && apt-get install -y curl \\\n  && rm -rf /tmp/* /var/lib/apt/lists/*",
  "RUN apt-get update && apt-get install -y curl && rm -rf /var/{cache,lib}/apt",
  "RUN apt-get update && find /var/lib/apt/lists -type f -delete",
  "RUN apt-get update && apt-get install -y curl && /usr/local/bin/cleanup.sh",
  "RUN trap 'rm -rf /var/lib/apt/lists/*' EXIT && apt-get update",
  "RUN --mount=type=cache,target=/var/lib/apt apt-get update && apt-get install -y curl",
  "RUN --mount=type=tmpfs,target=/var/lib/apt/lists apt-get update",
  "RUN <<EOF\nset -e\napt-get update\napt-get install -y curl\nrm -rf /var/lib/apt/lists/*\nEOF",
  "RUN apt-get install -y curl",
  "RUN apk update",
  "RUN if test -n x; then apt-get update; fi",
  'RUN ["apt-get", "install", "curl"]',
]) {
  test(`silent: ${text}`, () => {
    checkRule(aptListsKept, undefined, `FROM debian:12\n${text}\n`);
  });
}

for (const text of [
  "RUN apt-get -qq update && apt-get install -y curl\n#   ^^^^^^^^^^^^^^^^^^ apt-lists-kept: Package lists stay in this layer.",
  "RUN apt update; apt install -y curl\n#   ^^^^^^^^^^ apt-lists-kept: Package lists stay in this layer.",
  'RUN ["apt-get", "update"]\n#    ^^^^^^^^^^^^^^^^^^^ apt-lists-kept: Package lists stay in this layer.',
  "RUN rm -rf /var/lib/apt/lists/* && apt-get update\n#                                  ^^^^^^^^^^^^^^ apt-lists-kept: Package lists stay in this layer.",
  "RUN apt-get update && apt-get clean\n#   ^^^^^^^^^^^^^^ apt-lists-kept: Package lists stay in this layer.",
]) {
  test(`reported: ${text.split("\n")[0]}`, () => {
    checkRule(aptListsKept, undefined, `FROM debian:12\n${text}\n`);
  });
}

test("a script in a heredoc gets a line of its own", () => {
  checkFix(
    aptListsKept,
    undefined,
    "FROM debian:12\nRUN <<EOF\nset -e\napt-get update\napt-get install -y curl\nEOF\n",
    "FROM debian:12\nRUN <<EOF\nset -e\napt-get update\napt-get install -y curl\nrm -rf /var/lib/apt/lists/*\nEOF\n",
  );
});

test("lists of a stage that is not shipped cost nothing", () => {
  checkRule(
    aptListsKept,
    undefined,
    `FROM debian:12 AS build
RUN apt-get update
FROM scratch
COPY --from=build /usr/bin/curl /curl
`,
  );
});

test("they are deleted in the same RUN, and the saving is measured", () => {
  const before = "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n";
  const fix = ruleFindings(aptListsKept, image, before)[0]!.fixes[0]!;
  checkFix(
    aptListsKept,
    image,
    before,
    "FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n",
  );
  assert.deepEqual(fix.saving, { bytes: 19e6, basis: "measured" });
  assert.equal(fix.isSafe, true);
});

test("a continued RUN keeps its layout", () => {
  checkFix(
    aptListsKept,
    undefined,
    'FROM debian:12\nRUN apt-get update \\\n    # tools\n    && apt-get install -y \\\n      curl\nCMD ["curl"]\n',
    'FROM debian:12\nRUN apt-get update \\\n    # tools\n    && apt-get install -y \\\n      curl \\\n    && rm -rf /var/lib/apt/lists/*\nCMD ["curl"]\n',
  );
});

test("a cache mount is the second fix where BuildKit is in use", () => {
  checkFix(
    aptListsKept,
    undefined,
    "# syntax=docker/dockerfile:1\nFROM debian:12\nRUN apt-get update && apt-get install -y curl\n",
    "# syntax=docker/dockerfile:1\nFROM debian:12\nRUN --mount=type=cache,target=/var/lib/apt/lists,sharing=locked apt-get update && apt-get install -y curl\n",
    { fix: 1 },
  );
});

test("lists that a later RUN installs from are not deleted", () => {
  const text = `
FROM debian:12
RUN apt-get update
#   ^^^^^^^^^^^^^^ apt-lists-kept: Package lists stay in this layer. A later RUN needs them: make both one RUN.
RUN apt-get install -y curl
`;
  checkRule(aptListsKept, undefined, text);
  const [finding] = ruleFindings(aptListsKept, undefined, text);
  assert.deepEqual(finding?.fixes, []);
  assert.equal(finding?.related.length, 1);
});

test("lists that a later RUN fetches again are deleted", () => {
  checkFix(
    aptListsKept,
    undefined,
    "FROM debian:12\nRUN apt-get update\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n",
    "FROM debian:12\nRUN apt-get update && rm -rf /var/lib/apt/lists/*\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n",
  );
});

test("a stage beside that starts from here may need them too", () => {
  checkRule(
    aptListsKept,
    undefined,
    `
FROM debian:12 AS base
RUN apt-get update
#   ^^^^^^^^^^^^^^ apt-lists-kept: Package lists stay in this layer. A later RUN needs them: make both one RUN.
FROM base AS test
RUN apt-get install -y strace
FROM base
CMD ["sh"]
`,
  );
});

test("a later RUN that found the lists there is mended with the first", () => {
  const twice = anImage()
    .base("usr/lib/libc.so 70MB")
    .layer("var/lib/apt/lists/main 19MB", { createdBy: "RUN /bin/sh -c apt-get update # buildkit" })
    .layer("usr/bin/curl 1MB", { createdBy: installing });
  const before =
    "FROM debian:12\nRUN apt-get update\nRUN apt-get update && apt-get install -y curl\n";
  const fix = ruleFindings(aptListsKept, twice, before)[0]!.fixes[0]!;
  checkFix(
    aptListsKept,
    twice,
    before,
    "FROM debian:12\nRUN apt-get update && rm -rf /var/lib/apt/lists/*\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n",
  );
  assert.deepEqual(fix.saving, { bytes: 19e6, basis: "measured" });
});

test("who may not delete as the user of the RUN is asked to do it as the one who fetched", () => {
  const before =
    "FROM debian:12\nUSER app\nRUN sudo apt-get update && sudo apt-get install -y curl\n";
  checkFix(
    aptListsKept,
    undefined,
    before,
    before.replace("curl", "curl && sudo rm -rf /var/lib/apt/lists/*"),
  );
  const inside = 'FROM debian:12\nUSER app\nRUN sudo sh -c "apt-get update"\n';
  assert.deepEqual(ruleFindings(aptListsKept, undefined, inside)[0]?.fixes, []);
});

test("lists that a later RUN deletes are that line's finding, with the fix", () => {
  const text =
    "FROM debian:12\nRUN apt-get update\nRUN apt-get install -y curl\nRUN rm -rf /var/lib/apt/lists/*\n";
  checkRule(aptListsKept, undefined, text);
  const image = anImage()
    .base("usr/lib/libc.so 70MB")
    .layer("var/lib/apt/lists/main 19MB", { createdBy: "RUN /bin/sh -c apt-get update # buildkit" })
    .layer("usr/bin/curl 1MB", {
      createdBy: "RUN /bin/sh -c apt-get install -y curl # buildkit",
    })
    .layer("var/lib/apt/lists/.wh.main 0", {
      createdBy: "RUN /bin/sh -c rm -rf /var/lib/apt/lists/* # buildkit",
    });
  checkRule(aptListsKept, image, text);
});
