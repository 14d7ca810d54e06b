import assert from "node:assert/strict";
import { test } from "node:test";
import { docsShipped } from "../../../server/src/core/rules/docsShipped.ts";
import { checkFix, checkRule, ruleFindings } from "../../support/checkRule.ts";
import { anImage } from "../../support/imageBuilder.ts";

const run = { createdBy: "RUN /bin/sh -c apt-get install -y perl # buildkit" };
const image = anImage()
  .base("bin/sh 10MB, usr/share/doc/base/README 5MB")
  .layer(
    {
      "usr/bin/perl": "4MB",
      "usr/share/doc/perl/changelog.gz": "2MB",
      "usr/share/doc/perl/copyright": "1MB",
      "usr/share/doc/perl-doc/changelog.gz": { hardlink: "usr/share/doc/perl/changelog.gz" },
      "usr/share/man/man1/perl.1.gz": "500kB",
    },
    run,
  );

test("documentation is weighed without copyright files, hard links once", () => {
  checkRule(
    docsShipped,
    image,
    `FROM debian:12
RUN apt-get install -y perl
#^^ docs-shipped: 2.5 MB of manuals and package documentation are in this layer.
`,
  );
});

test("it is deleted at the end of the same RUN, for exactly its bytes", () => {
  checkFix(
    docsShipped,
    image,
    "FROM debian:12\nRUN apt-get install -y perl\n",
    "FROM debian:12\nRUN apt-get install -y perl && find /usr/share/doc /usr/share/man -type f ! -name 'copyright*' -exec rm -f {} +\n",
  );
  const [finding] = ruleFindings(
    docsShipped,
    image,
    "FROM debian:12\nRUN apt-get install -y perl\n",
  );
  assert.deepEqual(finding?.saving, { bytes: 2_500_000, basis: "measured" });
  assert.deepEqual(finding.fixes[0]?.saving, finding.saving);
});

test("a user who may not delete is given no fix", () => {
  const [finding] = ruleFindings(
    docsShipped,
    image,
    "FROM debian:12\nUSER app\nRUN apt-get install -y perl\n",
  );
  assert.deepEqual(finding?.fixes, []);
});

test("nothing is said without an image, of the base, of a changed line, of a build stage", () => {
  checkRule(docsShipped, undefined, "FROM debian:12\nRUN apt-get install -y perl\n");
  checkRule(docsShipped, image, "FROM debian:12\nRUN apt-get install -y perl curl\n");
  checkRule(
    docsShipped,
    anImage()
      .base("usr/share/doc/x 5MB")
      .layer("app 1MB", { createdBy: "COPY /app /app # buildkit" }),
    "FROM debian:12 AS build\nRUN apt-get install -y perl\nFROM debian:12\nCOPY --from=build /app /app\n",
  );
});

test("what a later layer deletes is another rule's matter", () => {
  checkRule(
    docsShipped,
    anImage()
      .base("bin/sh 10MB")
      .layer("usr/share/doc/a 2MB", run)
      .layer(
        { "usr/share/.wh.doc": "0" },
        { createdBy: "RUN /bin/sh -c rm -rf /usr/share/doc # buildkit" },
      ),
    "FROM debian:12\nRUN apt-get install -y perl\nRUN rm -rf /usr/share/doc\n",
  );
});

test("little of it is not worth a line, unless the image is small", () => {
  const text = "FROM debian:12\nRUN apt-get install -y perl\n";
  checkRule(docsShipped, anImage().base("bin/sh 90MB").layer("usr/share/doc/a 90kB", run), text);
  checkRule(
    docsShipped,
    anImage().base("bin/sh 1MB").layer("usr/share/doc/a 90kB", run),
    text.replace(
      "perl\n",
      "perl\n#^^ docs-shipped: 90 kB of manuals and package documentation are in this layer.\n",
    ),
  );
});

test("a hard link from elsewhere keeps the bytes", () => {
  checkRule(
    docsShipped,
    anImage()
      .base("bin/sh 1MB")
      .layer({ "usr/share/doc/a": "2MB", "srv/a": { hardlink: "usr/share/doc/a" } }, run),
    "FROM debian:12\nRUN apt-get install -y perl\n",
  );
});
