import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { secretPathIn } from "../../../server/src/core/rules/layers/secretPaths.ts";
import { removedLater } from "../../../server/src/core/rules/removedLater.ts";
import { secretShipped } from "../../../server/src/core/rules/secretShipped.ts";
import { checkFix, checkRule, ruleFindings } from "../../support/checkRule.ts";
import { anImage } from "../../support/imageBuilder.ts";

function run(script: string): { readonly createdBy: string } {
  return { createdBy: `RUN /bin/sh -c ${script} # buildkit` };
}

const copied = { createdBy: "COPY . /app # buildkit" };

suite("secret-shipped, measured", () => {
  const image = anImage()
    .base("usr/lib/libc.so 70MB")
    .layer("app/main.js 2kB, app/.env 120, app/.git/config 300, app/.git/objects/a 1MB", copied)
    .layer({ "app/.wh..env": "0", "app/.wh..git": "0" }, run("rm -rf /app/.env /app/.git"));

  test("names what is hidden, .git as a whole, on the line that hides it", () => {
    const text = `FROM node:22
COPY . /app
RUN rm -rf /app/.env /app/.git
#^^ secret-shipped: \`/app/.env\`, \`/app/.git\` (1 MB) are hidden here and still in the layer of line 2, readable for everyone who pulls the image.
`;
    checkRule(secretShipped, image, text);
    const [finding] = ruleFindings(secretShipped, image, text);
    assert.equal(finding?.severity, "error");
    assert.equal(finding.saving?.bytes, 1_000_420);
    assert.equal(finding.related[0]?.message, "`/app/.env` comes into the image here.");
  });

  test("stands on the line that brought it where the one that hides it has changed", () => {
    checkRule(
      secretShipped,
      image,
      `FROM node:22
COPY . /app
#^^^ secret-shipped: \`/app/.env\`, \`/app/.git\` (1 MB) are hidden later and still in this layer, readable for everyone who pulls the image.
RUN rm -rf /app/.env /app/.git /app/docs
`,
    );
  });

  test("is silent about what shows, what is moved, what the base brought and what a RUN cloned", () => {
    const other = anImage()
      .base("etc/ssl/private.key 2kB, usr/lib/libc.so 70MB")
      .layer({ "app/.env": "120", "app/id_rsa": { size: "2kB", seed: "key" } }, copied)
      .layer(
        {
          "app/.wh.id_rsa": "0",
          "root/.ssh/id_rsa": { size: "2kB", seed: "key" },
          "etc/ssl/.wh.private.key": "0",
        },
        run("mv /app/id_rsa /root/.ssh/"),
      )
      .layer("src/.git/objects/a 1MB", run("git clone https://example.org/a /src"))
      .layer({ ".wh.src": "0" }, run("rm -rf /src"));
    checkRule(
      secretShipped,
      other,
      `FROM node:22
COPY . /app
RUN mv /app/id_rsa /root/.ssh/
RUN git clone https://example.org/a /src
RUN rm -rf /src
`,
    );
  });

  test("hands a file to the one RUN that needs it", () => {
    const npmrc = anImage()
      .base("usr/lib/libc.so 70MB")
      .layer("root/.npmrc 80", { createdBy: "COPY .npmrc /root/.npmrc # buildkit" })
      .layer(
        { "root/.wh..npmrc": "0", "app/node_modules/a": "1MB" },
        run("npm ci && rm /root/.npmrc"),
      );
    checkFix(
      secretShipped,
      npmrc,
      `FROM node:22
COPY .npmrc /root/.npmrc
RUN npm ci && rm /root/.npmrc
`,
      `FROM node:22
RUN --mount=type=bind,source=.npmrc,target=/root/.npmrc npm ci
`,
    );
  });
});

suite("secret-shipped, from the text", () => {
  test("fires on a key that a later line deletes, and the rule for deleted files does not", () => {
    const text = `FROM node:22
COPY id_rsa /root/.ssh/id_rsa
RUN git clone git@example.org:a/b.git && rm -rf /root/.ssh
#                                        ^^^^^^^^^^^^^^^^^ secret-shipped: \`/root/.ssh/id_rsa\` stays in the layer of line 2, readable for everyone who pulls the image.
`;
    checkRule(secretShipped, undefined, text);
    assert.equal(ruleFindings(secretShipped, undefined, text)[0]?.severity, "warning");
    assert.deepEqual(ruleFindings(removedLater, undefined, text), []);
  });

  test("knows the home folder of root", () => {
    checkRule(
      secretShipped,
      undefined,
      `FROM node:22
ARG TOKEN
RUN echo "//registry/:_authToken=$TOKEN" > ~/.npmrc
RUN npm ci && rm ~/.npmrc
#             ^^^^^^^^^^^ secret-shipped: \`/root/.npmrc\` stays in the layer of line 3, readable for everyone who pulls the image.
`,
    );
  });

  const silent: Readonly<Record<string, string>> = {
    "deleted in the same RUN": `FROM node:22
RUN echo "$TOKEN" > ~/.npmrc && npm ci && rm ~/.npmrc
`,
    "a secret mount": `FROM node:22
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci
`,
    "a build stage": `FROM node:22 AS build
COPY .npmrc /root/.npmrc
RUN npm ci && rm /root/.npmrc
FROM node:22
COPY --from=build /app /app
`,
    "no secret": `FROM node:22
COPY ca.pem /tmp/ca.pem
RUN cat /tmp/ca.pem >> /etc/ssl/certs/ca-certificates.crt
`,
  };
  for (const [name, text] of Object.entries(silent)) {
    test(`silent: ${name}`, () => checkRule(secretShipped, undefined, text));
  }
});

test("which paths are secrets", () => {
  const secrets = [
    "app/.env",
    "app/.env.production",
    ".git/config",
    "root/.ssh/id_ed25519",
    "etc/tls/server.key",
    "srv/privkey.pem",
    "srv/jwt-private-key.pem",
    "root/.aws/credentials",
    "root/.docker/config.json",
    "home/a/.netrc",
    "app/service-account.json",
  ];
  const others = [
    "app/.env.example",
    "etc/ssl/certs/ca.pem",
    "srv/public-key.pem",
    "root/.ssh/id_rsa.pub",
    "app/node_modules/tls/test/server.key",
    "usr/lib/python3/dist-packages/x/private_key.pem",
    "usr/share/doc/curl/id_rsa",
    "app/config.json",
    "app/keyboard.js",
    "go/pkg/mod/a/.netrc",
    ".github/workflows/a.yml",
    "app/.gitignore",
  ];
  assert.deepEqual(
    secrets.filter((path) => secretPathIn(path) === undefined),
    [],
  );
  assert.deepEqual(
    others.filter((path) => secretPathIn(path) !== undefined),
    [],
  );
});
