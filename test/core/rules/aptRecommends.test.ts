import assert from "node:assert/strict";
import { test } from "node:test";
import { aptRecommends } from "../../../server/src/core/rules/aptRecommends.ts";
import { checkFix, checkRule, ruleFindings } from "../../support/checkRule.ts";
import { anImage } from "../../support/imageBuilder.ts";

const status = (...packages: readonly string[]): { readonly content: string } => ({
  content: packages
    .map((each) => {
      const [name, ...fields] = each.split("; ");
      return [`Package: ${name}`, "Status: install ok installed", "Architecture: amd64"]
        .concat("Version: 1", ...fields, "", "")
        .join("\n");
    })
    .join(""),
});
const info = "var/lib/dpkg/info";
const createdBy = "RUN /bin/sh -c apt-get install -y git # buildkit";
const base = anImage().base({ "var/lib/dpkg/status": status("libc6") });

const image = base.layer(
  {
    "var/lib/dpkg/status": status(
      "libc6",
      "git; Depends: libc6; Recommends: less, patch",
      "less",
      "patch",
    ),
    [`${info}/git.list`]: { content: "/usr/bin/git\n" },
    [`${info}/less.list`]: { content: "/usr/bin/less\n" },
    [`${info}/patch.list`]: { content: "/usr/bin/patch\n" },
    "usr/bin/git": "30MB",
    "usr/bin/less": "200kB",
    "usr/bin/patch": "1MB",
  },
  { createdBy },
);

test("packages that only Recommends brought are measured; what goes is a prediction", () => {
  const text = `
FROM debian:12
RUN apt-get install -y git
#   ^^^^^^^^^^^^^^^ apt-recommends: 1.2 MB of packages came only because others recommend them: patch, less.
`;
  checkRule(aptRecommends, image, text);
  const [finding] = ruleFindings(aptRecommends, image, text);
  assert.deepEqual(finding?.saving, { bytes: 1.2e6, basis: "predicted" });
  assert.equal(finding.fixes[0]?.isSafe, false);
});

test("an image in which Recommends brought nothing is silent", () => {
  const alone = base.layer(
    {
      "var/lib/dpkg/status": status("libc6", "git; Depends: libc6"),
      [`${info}/git.list`]: { content: "/usr/bin/git\n" },
      "usr/bin/git": "30MB",
    },
    { createdBy },
  );
  checkRule(aptRecommends, alone, "FROM debian:12\nRUN apt-get install -y git\n");
});

for (const lines of [
  "RUN apt-get install -y --no-install-recommends git",
  "RUN apt-get --no-install-recommends -y install git",
  "RUN apt-get install -y -o APT::Install-Recommends=false git",
  "RUN apt-get -o APT::Install-Recommends=0 install -y git",
  "RUN echo 'APT::Install-Recommends \"false\";' > /etc/apt/apt.conf.d/99x && apt-get install -y git",
  "RUN echo 'APT::Install-Recommends \"0\";' > /etc/apt/apt.conf.d/99x\nRUN apt-get install -y git",
  "COPY apt.conf /etc/apt/apt.conf.d/99x\nRUN apt-get install -y git",
  "RUN apt-get update",
  "RUN apt-get remove -y git",
  "RUN apk add git",
]) {
  test(`silent: ${lines}`, () => checkRule(aptRecommends, undefined, `FROM debian:12\n${lines}\n`));
}

test("text alone says what the call does, without bytes", () => {
  const text = `
FROM debian:12
RUN apt-get update && apt install -y git
#                     ^^^^^^^^^^^ apt-recommends: Packages that others only recommend are installed too.
RUN ["apt-get", "install", "-y", "git"]
#    ^^^^^^^^^^^^^^^^^^^^ apt-recommends: Packages that others only recommend are installed too.
`;
  checkRule(aptRecommends, undefined, text);
  const found = ruleFindings(aptRecommends, undefined, text);
  assert.deepEqual(
    found.map(({ saving, fixes }) => [saving, fixes.length]),
    [
      [undefined, 1],
      [undefined, 0],
    ],
  );
});

test("all calls of a RUN get the option", () => {
  checkFix(
    aptRecommends,
    undefined,
    "FROM debian:12\nRUN apt-get update \\\n # tools\n && apt-get install -y git \\\n && apt-get -y install curl\n",
    "FROM debian:12\nRUN apt-get update \\\n # tools\n && apt-get install --no-install-recommends -y git \\\n && apt-get -y install --no-install-recommends curl\n",
  );
});

test("a stage that is not shipped may have them", () => {
  checkRule(
    aptRecommends,
    undefined,
    "FROM debian:12 AS build\nRUN apt-get install -y gcc\nFROM scratch\nCOPY --from=build /a /a\n",
  );
});
