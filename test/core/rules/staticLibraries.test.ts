import { test } from "node:test";
import { staticLibraries } from "../../../server/src/core/rules/staticLibraries.ts";
import { checkFix, checkRule } from "../../support/checkRule.ts";
import { anImage } from "../../support/imageBuilder.ts";

const build = {
  createdBy: "RUN /bin/sh -c curl x | tar xz && ./configure && make install # buildkit",
};
const image = anImage()
  .base("bin/sh 10MB")
  .layer("usr/local/lib/libpython3.12.a 20MB, usr/local/lib/data.a 5MB, usr/lib/libz.a 1MB", build);

test("static libraries are reported on the line that wrote them", () => {
  checkRule(
    staticLibraries,
    image,
    `FROM debian:12
RUN curl x | tar xz && ./configure && make install
#^^ static-libraries: 21 MB of static libraries are in this layer; only a linker reads them.
`,
  );
});

test("they are deleted where the RUN ends, in its style", () => {
  checkFix(
    staticLibraries,
    image,
    String.raw`FROM debian:12
RUN curl x | tar xz \
 && ./configure \
 # the long part
 && make install
`,
    String.raw`FROM debian:12
RUN curl x | tar xz \
 && ./configure \
 # the long part
 && make install \
 && find /usr/lib /usr/local/lib -type f -name 'lib*.a' -exec rm -f {} +
`,
  );
});

test("where compilers come along, the whole of it is the matter", () => {
  const createdBy = "RUN /bin/sh -c apk add gcc # buildkit";
  checkRule(
    staticLibraries,
    anImage().base("bin/sh 1MB").layer("usr/lib/libc.a 5MB", { createdBy }),
    "FROM alpine\nRUN apk add gcc\n",
  );
  checkRule(staticLibraries, undefined, "FROM alpine\nRUN apk add zlib-static\n");
});
