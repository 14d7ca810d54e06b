import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { removedLater } from "../../../server/src/core/rules/removedLater.ts";
import { checkFix, checkRule, ruleFindings } from "../../support/checkRule.ts";
import { anImage } from "../../support/imageBuilder.ts";

function run(script: string): { readonly createdBy: string } {
  return { createdBy: `RUN /bin/sh -c ${script} # buildkit` };
}

const listsKept = anImage()
  .base("usr/lib/libc.so 70MB")
  .layer(
    "usr/bin/curl 1MB, var/lib/apt/lists/main 19MB",
    run("apt-get update && apt-get install -y curl"),
  )
  .layer({ "var/lib/apt/lists/.wh.main": "0" }, run("rm -rf /var/lib/apt/lists/*"));

suite("removed-later, measured", () => {
  test("is reported with bytes where it is deleted", () => {
    const text = `FROM debian:12
RUN apt-get update && apt-get install -y curl
RUN rm -rf /var/lib/apt/lists/*
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^ removed-later: 19 MB deleted here stay in the layer of line 2, most of it in \`/var/lib/apt/lists/main\`.
`;
    checkRule(removedLater, listsKept, text);
    const [finding] = ruleFindings(removedLater, listsKept, text);
    assert.deepEqual(
      finding?.fixes.map(({ title, saving, isSafe }) => [title, saving?.bytes, isSafe]),
      [
        ["Delete in the RUN that wrote it", 19e6, true],
        ["Join the two RUN instructions", 19e6, true],
      ],
    );
    assert.deepEqual(finding?.saving, { bytes: 19e6, basis: "measured" });
    assert.equal(finding?.related[0]?.message, "19 MB of what line 3 deletes were written here.");
  });

  test("deletes in the RUN that wrote it", () => {
    checkFix(
      removedLater,
      listsKept,
      `FROM debian:12
RUN apt-get update && apt-get install -y curl
RUN rm -rf /var/lib/apt/lists/*
CMD ["curl"]
`,
      `FROM debian:12
RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*
CMD ["curl"]
`,
    );
  });

  test("joins what cannot be deleted earlier", () => {
    const image = anImage()
      .base("usr/lib/libc.so 70MB")
      .layer("src/a.c 3MB", run("fetch /src"))
      .layer({ ".wh.src": "0", "usr/bin/a": "1MB" }, run("make -C /src && rm -r /src"));
    checkFix(
      removedLater,
      image,
      `FROM debian:12
RUN fetch /src
RUN make -C /src && rm -r /src
`,
      `FROM debian:12
RUN fetch /src \\
 && make -C /src && rm -r /src
`,
    );
  });

  test("is silent where nothing was hidden, whatever the text says", () => {
    const image = anImage()
      .base("usr/lib/libc.so 70MB")
      .layer("usr/bin/curl 1MB", run("apt-get update && apt-get install -y curl"))
      .layer({}, run("rm -rf /var/lib/apt/lists/*"));
    checkRule(
      removedLater,
      image,
      `FROM debian:12
RUN apt-get update && apt-get install -y curl
RUN rm -rf /var/lib/apt/lists/*
`,
    );
  });

  test("is silent about what only the base image holds", () => {
    const image = anImage()
      .base("usr/share/doc/a 9MB, usr/lib/libc.so 70MB")
      .layer({ "usr/share/.wh.doc": "0" }, run("rm -rf /usr/share/doc"));
    checkRule(removedLater, image, "FROM debian:12\nRUN rm -rf /usr/share/doc\n");
  });

  test("names all lines that wrote what is deleted", () => {
    const image = anImage()
      .base("usr/lib/libc.so 70MB")
      .layer("src/a 2MB", { createdBy: "COPY a /src/ # buildkit" })
      .layer("src/b 3MB", { createdBy: "COPY b /src/ # buildkit" })
      .layer({ ".wh.src": "0", out: "1MB" }, run("make && rm -rf /src"));
    checkRule(
      removedLater,
      image,
      `FROM debian:12
COPY a /src/
COPY b /src/
RUN make && rm -rf /src
#           ^^^^^^^^^^^ removed-later: 5 MB deleted here stay in the layers of lines 2 and 3, most of it in \`/src/b\`.
`,
    );
  });

  test("says on text alone what is left of it when the line changed since the build", () => {
    checkRule(
      removedLater,
      listsKept,
      `FROM debian:12
RUN apt-get update && apt-get install -y curl
RUN rm -rf /var/lib/apt/lists/* /var/log/apt
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^ removed-later: \`/var/lib/apt/lists\` stays in the layer of line 2: deleting here only hides it.
`,
    );
  });
});

suite("removed-later, from the text", () => {
  const fires: Readonly<Record<string, string>> = {
    "a copied folder": `FROM debian:12
COPY src/ /src/
RUN make -C /src && rm -rf /src
#                   ^^^^^^^^^^^ removed-later: \`/src\` stays in the layer of line 2: deleting here only hides it.
`,
    "a download, by a variable of the file": `FROM debian:12
ENV TMP=/tmp
RUN curl -fsSLo $TMP/setup.sh https://example.org/setup.sh
RUN sh /tmp/setup.sh \\
    # gone
    && rm /tmp/setup.sh
#      ^^^^^^^^^^^^^^^^ removed-later: \`/tmp/setup.sh\` stays in the layer of line 3: deleting here only hides it.
`,
    "relative paths in a folder of which only the base knows": `FROM node:22
COPY setup.sh .
RUN sh setup.sh; rm setup.sh
#                ^^^^^^^^^^^ removed-later: \`setup.sh\` stays in the layer of line 2: deleting here only hides it.
`,
    "through cd, a stage of the chain and git clone": `FROM debian:12 AS one
RUN git clone --depth 1 https://example.org/tool.git /opt/tool
FROM one
RUN cd /opt && tool/install && rm -rf tool
#                              ^^^^^^^^^^^ removed-later: \`/opt/tool\` stays in the layer of line 2: deleting here only hides it.
`,
    "exec form": `FROM debian:12
COPY a /a
RUN ["rm", "/a"]
#    ^^^^^^^^^^ removed-later: \`/a\` stays in the layer of line 2: deleting here only hides it.
`,
  };
  for (const [name, text] of Object.entries(fires)) {
    test(`fires: ${name}`, () => checkRule(removedLater, undefined, text));
  }

  test("fires in a heredoc", () => {
    const text = `FROM debian:12
COPY a /a
RUN <<DONE
set -e
rm -rf /a
DONE
`;
    assert.deepEqual(
      ruleFindings(removedLater, undefined, text).map(({ message }) => message),
      ["`/a` stays in the layer of line 2: deleting here only hides it."],
    );
  });

  const silent: Readonly<Record<string, string>> = {
    "cleaned in the same RUN": `FROM debian:12
RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*
RUN rm -rf /var/lib/apt/lists/*
`,
    "under a cache mount": `FROM debian:12
RUN --mount=type=cache,target=/var/lib/apt apt-get update
RUN rm -rf /var/lib/apt/lists/*
`,
    "in a stage that is not shipped": `FROM debian:12 AS build
COPY src/ /src/
RUN make -C /src && rm -rf /src
FROM debian:12
COPY --from=build /usr/local/bin/a /usr/local/bin/a
`,
    "another path": `FROM debian:12
COPY src/ /src/
RUN rm -rf /source /src2 /s
`,
    "perhaps not deleted": `FROM debian:12
COPY a /a
RUN test -e /b || rm /a
`,
    "written again by the same RUN": `FROM debian:12
RUN curl -o /tmp/a https://example.org/a
RUN curl -o /tmp/a https://example.org/b && rm /tmp/a
`,
    "a folder changed by what only a run can tell": `FROM debian:12
WORKDIR /app
COPY a .
RUN cd "$(mktemp -d)" && rm a
`,
    "a shell that is no POSIX shell": `# escape=\`
FROM windows
COPY a C:/a
RUN rm C:/a
`,
  };
  for (const [name, text] of Object.entries(silent)) {
    test(`silent: ${name}`, () => checkRule(removedLater, undefined, text));
  }
});

suite("removed-later, mended", () => {
  test("past settings and copies to other places, a first part alone", () => {
    checkFix(
      removedLater,
      undefined,
      `FROM debian:12
RUN set -eux; \\
    apt-get update; \\
    apt-get install -y curl
ENV A=1
COPY a /a
RUN rm -rf /var/lib/apt/lists/* && echo done
`,
      `FROM debian:12
RUN set -eux; \\
    apt-get update; \\
    apt-get install -y curl; \\
    rm -rf /var/lib/apt/lists/*
ENV A=1
COPY a /a
RUN echo done
`,
    );
  });

  test("a file that one RUN reads is mounted", () => {
    checkFix(
      removedLater,
      undefined,
      `FROM debian:12
COPY tools/setup.sh /tmp/setup.sh
RUN sh /tmp/setup.sh && rm /tmp/setup.sh
`,
      `FROM debian:12
RUN --mount=type=bind,source=tools/setup.sh,target=/tmp/setup.sh sh /tmp/setup.sh
`,
    );
  });

  const byHand: Readonly<Record<string, string>> = {
    "another user": `FROM debian:12
RUN curl -o /tmp/a.sh https://example.org/a
USER app
RUN rm /tmp/a.sh
`,
    "a RUN between and another user": `FROM debian:12
RUN curl -o /tmp/a.sh https://example.org/a
USER app
RUN sh /tmp/a.sh
RUN rm /tmp/a.sh
`,
    "a copied folder": `FROM debian:12
COPY src/ /src/
RUN make -C /src && rm -rf /src
`,
    "a file that is made to run first": `FROM debian:12
COPY a.sh /a.sh
RUN chmod +x /a.sh && /a.sh && rm /a.sh
`,
  };
  for (const [name, text] of Object.entries(byHand)) {
    test(`by hand: ${name}`, () => {
      const [finding] = ruleFindings(removedLater, undefined, text);
      assert.deepEqual(finding?.fixes, []);
    });
  }
});
