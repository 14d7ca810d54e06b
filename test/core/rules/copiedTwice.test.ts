import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { copiedTwice } from "../../../server/src/core/rules/copiedTwice.ts";
import { checkFix, checkRule, ruleFindings } from "../../support/checkRule.ts";
import { anImage } from "../../support/imageBuilder.ts";

function run(script: string): { readonly createdBy: string } {
  return { createdBy: `RUN /bin/sh -c ${script} # buildkit` };
}

const app = { size: "30MB", seed: "app" };
const base = anImage().base("usr/lib/libc.so 70MB");

suite("copied-twice, measured", () => {
  const chowned = base
    .layer({ "app/server.js": app }, { createdBy: "COPY app/ /app/ # buildkit" })
    .layer({ "app/server.js": { ...app, uid: 1000, gid: 1000 } }, run("chown -R 1000:1000 /app"));

  test("states the bytes of files that only change their owner", () => {
    const text = `FROM node:22
COPY app/ /app/
RUN chown -R 1000:1000 /app
#   ^^^^^^^^^^^^^^^^^^^^^^^ copied-twice: 30 MB of line 2 are in this layer once more, with only owner, mode or time changed.
`;
    checkRule(copiedTwice, chowned, text);
    const [finding] = ruleFindings(copiedTwice, chowned, text);
    assert.deepEqual(finding?.fixes[0]?.saving, { bytes: 30e6, basis: "measured" });
    assert.equal(finding?.fixes[0]?.isSafe, true);
    checkFix(
      copiedTwice,
      chowned,
      "FROM node:22\nCOPY app/ /app/\nRUN chown -R 1000:1000 /app\n",
      "FROM node:22\nCOPY --chown=1000:1000 app/ /app/\nRUN chown 1000:1000 /app\n",
    );
  });

  test("offers no flag where other lines have files there", () => {
    const others = base
      .layer("app/node_modules/a 2MB", run("npm ci --prefix /app"))
      .layer({ "app/server.js": app }, { createdBy: "COPY app/ /app/ # buildkit" })
      .layer({ "app/server.js": { ...app, uid: 1000 } }, run("chown -R 1000:1000 /app"));
    const [finding] = ruleFindings(
      copiedTwice,
      others,
      `FROM node:22
RUN npm ci --prefix /app
COPY app/ /app/
RUN chown -R 1000:1000 /app
`,
    );
    assert.equal(finding?.saving?.bytes, 30e6);
    assert.deepEqual(finding.fixes, []);
  });

  test("takes the mode of `chmod +x` from the image", () => {
    const image = base
      .layer({ "usr/bin/tool": app }, { createdBy: "COPY tool /usr/bin/tool # buildkit" })
      .layer({ "usr/bin/tool": { ...app, mode: 0o755 } }, run("chmod +x /usr/bin/tool"));
    checkFix(
      copiedTwice,
      image,
      'FROM node:22\nCOPY tool /usr/bin/tool\nRUN chmod +x /usr/bin/tool\nCMD ["tool"]\n',
      'FROM node:22\nCOPY --chmod=755 tool /usr/bin/tool\nCMD ["tool"]\n',
    );
  });

  test("sets the mode in the RUN that downloads", () => {
    const image = base
      .layer({ "usr/bin/tool": app }, run("curl -fsSLo /usr/bin/tool https://example.org/tool"))
      .layer({ "usr/bin/tool": { ...app, mode: 0o755 } }, run("chmod +x /usr/bin/tool"));
    const text = `FROM node:22
RUN curl -fsSLo /usr/bin/tool https://example.org/tool
RUN chmod +x /usr/bin/tool
`;
    checkFix(
      copiedTwice,
      image,
      text,
      `FROM node:22
RUN curl -fsSLo /usr/bin/tool https://example.org/tool && chmod +x /usr/bin/tool
`,
    );
    const [finding] = ruleFindings(copiedTwice, image, text);
    assert.deepEqual(
      finding?.fixes.map(({ title, saving }) => [title, saving?.bytes]),
      [
        ["Set it in the RUN that wrote the files", 30e6],
        ["Join the two RUN instructions", 30e6],
      ],
    );
  });

  test("speaks of files that were moved, and of those copied a second time", () => {
    const image = base
      .layer({ "tmp/app": app }, { createdBy: "COPY app /tmp/app # buildkit" })
      .layer({ "tmp/.wh.app": "0", "opt/app": app }, run("mv /tmp/app /opt/app"))
      .layer({ "opt/app": { ...app, mode: 0o755 } }, { createdBy: "COPY app /opt/app # buildkit" });
    checkRule(
      copiedTwice,
      image,
      `FROM node:22
COPY app /tmp/app
RUN mv /tmp/app /opt/app
#   ^^^^^^^^^^^^^^^^^^^^ copied-twice: 30 MB of line 2 are in this layer once more, under another path.
COPY app /opt/app
#^^^ copied-twice: 30 MB of line 3 are in this layer once more, with only owner, mode or time changed.
`,
    );
  });

  test("is silent where nothing was copied, and about the base image's files", () => {
    const text = "FROM node:22\nCOPY app/ /app/\nRUN chown -R 1000:1000 /app\n";
    const nothing = base
      .layer({ "app/server.js": app }, { createdBy: "COPY app/ /app/ # buildkit" })
      .layer({}, run("chown -R 1000:1000 /app"));
    checkRule(copiedTwice, nothing, text);
    const ofBase = anImage()
      .base({ "bin/busybox": app })
      .layer({ "bin/busybox": { ...app, mode: 0o4755 } }, run("chmod u+s /bin/busybox"));
    checkRule(copiedTwice, ofBase, "FROM busybox\nRUN chmod u+s /bin/busybox\n");
  });
});

suite("copied-twice, from the text", () => {
  const fires: Readonly<Record<string, string>> = {
    "a copied folder": `FROM node:22
WORKDIR /app
COPY . .
RUN npm ci && chown -R node:node .
#             ^^^^^^^^^^^^^^^^^^^^ copied-twice: \`chown\` brings \`/app\` of line 3 into this layer once more.
`,
    "a downloaded program": `FROM debian:12
ADD https://example.org/tool /usr/bin/
RUN chmod -R 755 /usr/bin/tool
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^ copied-twice: \`chmod\` brings \`/usr/bin/tool\` of line 2 into this layer once more.
`,
  };
  for (const [name, text] of Object.entries(fires)) {
    test(`fires: ${name}`, () => checkRule(copiedTwice, undefined, text));
  }

  const silent: Readonly<Record<string, string>> = {
    "a flag of COPY": "FROM a\nCOPY --chown=1:1 app/ /app/\n",
    "a folder alone": "FROM a\nCOPY app/ /app/\nRUN chown 1:1 /app\n",
    "the owner it has": "FROM a\nCOPY app/ /app/\nRUN chown -R root:root /app\n",
    "the same RUN": "FROM a\nRUN curl -o /a https://example.org/a && chmod +x /a\n",
    "another place": "FROM a\nCOPY app/ /app/\nRUN chown -R 1:1 /data /application\n",
    "a branch": "FROM a\nCOPY app/ /app/\nRUN if true; then chown -R 1:1 /app; fi\n",
    "a stage that is not shipped":
      "FROM a AS b\nCOPY app/ /app/\nRUN chown -R 1:1 /app\nFROM a\nCOPY --from=b /app/x /x\n",
  };
  for (const [name, text] of Object.entries(silent)) {
    test(`silent: ${name}`, () => checkRule(copiedTwice, undefined, text));
  }

  test("gives all COPYs into the folder the flag, and keeps their folders' owner", () => {
    checkFix(
      copiedTwice,
      undefined,
      `FROM node:22
COPY a.js /app/
COPY --from=build /dist/ /app/static/js/
ENV A=1
RUN chown -R node /app && echo done
`,
      `FROM node:22
COPY --chown=node:0 a.js /app/
COPY --from=build --chown=node:0 /dist/ /app/static/js/
ENV A=1
RUN chown node /app /app/static /app/static/js && echo done
`,
    );
  });

  test("takes the option out wherever it stands", () => {
    checkFix(
      copiedTwice,
      undefined,
      "FROM a\nCOPY --link app/ /app/\nRUN chown 1:1 /app -R\nRUN a\n",
      "FROM a\nCOPY --link --chown=1:1 app/ /app/\nRUN chown 1:1 /app\nRUN a\n",
    );
  });

  test("leaves to people what COPY cannot say, or what a RUN may have added", () => {
    for (const text of [
      "FROM a\nCOPY app/ /app/\nRUN chown -R :www /app\n",
      "FROM a\nCOPY app/ /app/\nRUN chmod -R g+w /app\n",
      "FROM a\nCOPY app/ /app/\nRUN make -C /app\nRUN chown -R 1:1 /app\n",
      "FROM a\nCOPY --link app/ /app/\nRUN chown -R app:app /app\n",
      "FROM a\nCOPY --chown=2:2 app/ /app/\nRUN chown -R 1:1 /app\n",
      "FROM a\nCOPY app/ /app/\nRUN useradd x && chown -R x:x /app\n",
    ]) {
      const [finding] = ruleFindings(copiedTwice, undefined, text);
      assert.ok(finding, text);
      assert.deepEqual(finding.fixes, [], text);
    }
  });
});
