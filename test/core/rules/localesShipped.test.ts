import { test } from "node:test";
import { localesShipped } from "../../../server/src/core/rules/localesShipped.ts";
import { checkFix, checkRule } from "../../support/checkRule.ts";
import { anImage } from "../../support/imageBuilder.ts";

const run = { createdBy: "RUN /bin/sh -c apt-get install -y git # buildkit" };
const image = anImage()
  .base("bin/sh 10MB")
  .layer("usr/share/locale/de/LC_MESSAGES/git.mo 2MB, usr/share/locale/locale.alias 3kB", run);
const text = "FROM debian:12\nRUN apt-get install -y git\n";

test("translations are reported where no language is set", () => {
  checkRule(
    localesShipped,
    image,
    `FROM debian:12
ENV LANG=C.UTF-8
RUN apt-get install -y git
#^^ locales-shipped: 2 MB of translated messages are in this layer, and no language but English is set.
`,
  );
});

test("a language set by the file, or by the base image, is respected", () => {
  checkRule(localesShipped, image, text.replace("RUN", "ENV LANG=de_DE.UTF-8\nRUN"));
  checkRule(localesShipped, image, `${text}ENV LC_ALL=fr_FR.UTF-8\n`);
  checkRule(localesShipped, image, text.replace("RUN", "ARG L\nENV LANG=$L\nRUN"));
  checkRule(localesShipped, image.settings({ env: ["LANG=de_DE.UTF-8"] }), text);
});

test("without an image, and for other files, nothing is said", () => {
  checkRule(localesShipped, undefined, text);
  checkRule(localesShipped, anImage().base("bin/sh 1MB").layer("srv/de/app.mo 2MB", run), text);
});

test("only the messages are deleted", () => {
  checkFix(
    localesShipped,
    image,
    text,
    "FROM debian:12\nRUN apt-get install -y git && find /usr/share/locale -type f -name '*.mo' -exec rm -f {} +\n",
  );
});
