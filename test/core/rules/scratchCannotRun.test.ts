import assert from "node:assert/strict";
import { test } from "node:test";
import { scratchCannotRun } from "../../../server/src/core/rules/scratchCannotRun.ts";
import { checkFix, checkRule, ruleFindings } from "../../support/checkRule.ts";
import { type ElfSpec, anElf } from "../../support/elfWriter.ts";
import { type LayerSpec, anImage } from "../../support/imageBuilder.ts";

const check = (text: string) => checkRule(scratchCannotRun, undefined, text);

test("text alone: shell forms without a shell", () => {
  check(`FROM scratch
COPY app /app
CMD /app --port 80
#^^ scratch-cannot-run: CMD in shell form needs \`/bin/sh\`, and nothing brings it into this image.
HEALTHCHECK --interval=5s CMD /app ping
#^^^^^^^^^^ scratch-cannot-run: HEALTHCHECK in shell form needs \`/bin/sh\`, and nothing brings it into this image.
`);
  check(`FROM scratch
COPY app /app
HEALTHCHECK CMD [ -f /ready ]
#^^^^^^^^^^ scratch-cannot-run: HEALTHCHECK in shell form needs \`/bin/sh\`, and nothing brings it into this image.
CMD ["/app"]
`);
  check(`FROM scratch
COPY app /app
RUN /app init
#^^ scratch-cannot-run: RUN in shell form needs \`/bin/sh\`, and nothing brings it into this image.
`);
});

test("text alone: an exec form that starts what no line brings", () => {
  check(`FROM scratch
COPY app /app
CMD ["/bin/sh", "-c", "/app"]
#    ^^^^^^^^^ scratch-cannot-run: \`/bin/sh\` is started here, and nothing brings it into this image.
`);
  check('FROM scratch\nCOPY app /app\nENTRYPOINT ["/app"]\nCMD ["/none"]\n');
  check('FROM scratch\nCOPY bin /usr/bin\nCMD ["/usr/bin/app"]\n');
  check('FROM scratch\nCOPY app /app\nRUN ["/app", "install"]\nCMD ["/bin/a"]\n');
});

test("text alone: a bare name that no line brings into a directory of PATH", () => {
  check(`FROM scratch
COPY --from=golang:1.22 /app /app
CMD ["echo", "hi"]
#    ^^^^^^ scratch-cannot-run: \`echo\` is started here, and nothing brings it into this image.
`);
  check(`FROM scratch
COPY app /app
RUN ["echo", "hi"]
#    ^^^^^^ scratch-cannot-run: \`echo\` is started here, and nothing brings it into this image.
`);
  check(`FROM scratch
COPY app /usr/bin/app
ENV PATH=/opt/bin
ENTRYPOINT ["app"]
#           ^^^^^ scratch-cannot-run: \`app\` is started here, and nothing brings it into this image.
`);
  check('FROM scratch\nCOPY app /usr/bin/app\nCMD ["app"]\n');
  check('FROM scratch\nCOPY tools /bin/\nCMD ["app"]\n');
  check('FROM scratch\nCOPY tools /\nCMD ["app"]\n');
  check('FROM scratch\nCOPY app /opt/app\nCMD ["app"]\nENV PATH=/opt\n');
  check('FROM scratch\nCOPY app /opt/app\nENV PATH=/opt:/bin\nCMD ["app"]\n');
  check('FROM scratch\nCOPY app /opt/app\nENV PATH=$P\nCMD ["app"]\n');
  check('FROM scratch\nARG PATH=/x\nCOPY app /opt/app\nCMD ["app"]\n');
  check('FROM scratch\nCOPY app /opt/app\nWORKDIR /opt\nCMD ["./app"]\n');
  check('FROM scratch\nCOPY app.exe C:/app.exe\nCMD ["app.exe"]\n');
  check('FROM scratch\nCOPY app /app\nRUN --mount=from=busybox,target=/bin ["echo", "hi"]\n');
  check('FROM scratch\nCOPY app /app\nENTRYPOINT ["/app"]\nCMD ["echo"]\n');
});

test("no exec form for a program that is not there either", () => {
  const titles = (text: string): readonly string[] =>
    ruleFindings(scratchCannotRun, undefined, text).flatMap(({ fixes }) =>
      fixes.map(({ title }) => title),
    );
  const copied = "FROM scratch\nCOPY --from=golang:1.22 /app /app\n";
  for (const line of ["RUN echo hi", "CMD echo hi", "ENTRYPOINT /nope", "HEALTHCHECK CMD curl a"]) {
    assert.deepEqual(titles(`${copied}${line}\n`), [], line);
  }
  assert.deepEqual(titles(`${copied}RUN /app\n`), ["Write RUN in exec form"]);
  assert.deepEqual(titles("FROM scratch\nCOPY app /usr/bin/app\nCMD app\n"), [
    "Write CMD in exec form",
  ]);
  assert.deepEqual(titles(`${copied}ENTRYPOINT ["/app"]\nCMD serve\n`), ["Write CMD in exec form"]);
});

test("the image decides whether the exec form has its program", () => {
  const fixesIn = (files: LayerSpec): number | undefined => {
    const image = anImage()
      .layer(files, { createdBy: "COPY out / # buildkit" })
      .emptyRow('CMD ["/bin/sh" "-c" "app"]')
      .settings({ cmd: ["/bin/sh", "-c", "app"], env: ["PATH=/opt:/usr/bin"] });
    const [finding] = ruleFindings(scratchCannotRun, image, "FROM scratch\nCOPY out /\nCMD app\n");
    return finding?.fixes.length;
  };
  assert.equal(fixesIn({ "opt/app": "1kB" }), 1);
  assert.equal(fixesIn({ "bin/app": "1kB" }), 0);
});

test("silent where a shell may be there, where none is needed, and for other bases", () => {
  check("FROM scratch\nCOPY app /\nCMD /app\n");
  check("FROM scratch\nCOPY app /app\nCOPY --from=busybox /bin/sh /bin/sh\nCMD /app\n");
  check("FROM scratch\nADD rootfs.tar.gz /\nCMD bash\n");
  check("FROM scratch\nCOPY tools /bin/\nCMD /bin/app\n");
  check("FROM scratch\nARG D\nCOPY app $D\nCMD /app\n");
  check('FROM scratch\nCOPY app /app\nCMD ["/app"]\nHEALTHCHECK NONE\n');
  check('FROM scratch\nCOPY app /app\nENTRYPOINT ["/app"]\nHEALTHCHECK CMD ["/app", "ping"]\n');
  check("FROM scratch AS files\nCOPY app /app\nFROM alpine\nCMD /app\n");
  check('FROM scratch\nCOPY sh /busybox/sh\nSHELL ["/busybox/sh", "-c"]\nCMD app\n');
});

test("one plain command is written in exec form", () => {
  const before = "FROM scratch\nCOPY app /app\n";
  checkFix(
    scratchCannotRun,
    undefined,
    `${before}ENTRYPOINT exec /app --name 'a "b"'\n`,
    `${before}ENTRYPOINT ["/app", "--name", "a \\"b\\""]\n`,
  );
  checkFix(
    scratchCannotRun,
    undefined,
    `${before}HEALTHCHECK --interval=5s CMD /app ping\n`,
    `${before}HEALTHCHECK --interval=5s CMD ["/app", "ping"]\n`,
  );
  for (const command of ["/app $PORT", "/app && /b", "/app > /log", "cd /x", "/app *.txt"]) {
    const [finding] = ruleFindings(scratchCannotRun, undefined, `${before}CMD ${command}\n`);
    assert.deepEqual(finding?.fixes, [], command);
  }
});

test("a user by name needs etc/passwd", () => {
  check(`FROM scratch
COPY app /app
USER web:web
#    ^^^^^^^ scratch-cannot-run: The user \`web\` is not known: nothing brings \`/etc/passwd\` into this image. A number needs no name.
`);
  check("FROM scratch\nCOPY app /app\nUSER 1000:1000\n");
  check("FROM scratch\nCOPY --from=build /etc/passwd /etc/passwd\nUSER web\n");
  check("FROM scratch\nCOPY etc /etc/\nUSER web\n");
  check("FROM scratch\nCOPY app /app\nARG U\nUSER $U\n");
  checkFix(
    scratchCannotRun,
    undefined,
    "FROM scratch\nCOPY app /app\nUSER nobody\n",
    "FROM scratch\nCOPY app /app\nUSER 65534:65534\n",
  );
});

const text = 'FROM scratch\nCOPY out /\nENTRYPOINT ["/app"]\n';

function imageOf(
  files: LayerSpec,
  entrypoint: readonly string[] = ["/app"],
  env: readonly string[] = [],
) {
  return anImage()
    .layer(files, { createdBy: "COPY out / # buildkit" })
    .emptyRow(`ENTRYPOINT [${entrypoint.map((word) => JSON.stringify(word)).join(" ")}]`)
    .settings({ entrypoint, env });
}

/** What is said of the program, without its place. */
function said(files: LayerSpec, env: readonly string[] = []): readonly string[] {
  return ruleFindings(scratchCannotRun, imageOf(files, ["/app"], env), text).map(
    ({ severity, message }) => `${severity}: ${message}`,
  );
}

const elf = (spec: ElfSpec = {}) => ({ content: anElf({ sections: {}, ...spec }), mode: 0o755 });
const loader = "/lib64/ld-linux-x86-64.so.2";

test("a program that is all there is fine", () => {
  assert.deepEqual(said({ app: elf() }), []);
  assert.deepEqual(
    said({
      app: elf({ interpreter: loader, needed: ["libc.so.6"] }),
      "usr/lib64/ld-linux-x86-64.so.2": elf({ type: 3 }),
      lib64: { symlink: "usr/lib64" },
      "usr/lib/x86_64-linux-gnu/libc.so.6": elf({ type: 3 }),
    }),
    [],
  );
});

test("a loader and libraries that are not there", () => {
  assert.deepEqual(said({ app: elf({ interpreter: loader, needed: ["libc.so.6"] }) }), [
    `error: \`/app\` needs the loader \`${loader}\`, \`libc.so.6\`, which are not in the image.`,
  ]);
  assert.deepEqual(
    said({
      app: elf({ interpreter: loader, needed: ["libssl.so.3", "libc.so.6"] }),
      "lib64/ld-linux-x86-64.so.2": elf({ type: 3 }),
      "lib/libc.so.6": elf({ type: 3 }),
    }),
    ["error: `/app` needs `libssl.so.3`, which is not in the image."],
  );
});

test("a library of that name anywhere may be found, and musl's loader is its own C library", () => {
  assert.deepEqual(
    said({
      app: elf({ interpreter: loader, needed: ["libx.so"] }),
      "lib64/ld-linux-x86-64.so.2": elf({ type: 3 }),
      "opt/x/libx.so": elf({ type: 3 }),
    }),
    [],
  );
  assert.deepEqual(
    said({
      app: elf({ interpreter: "/lib/ld-musl-x86_64.so.1", needed: ["libc.musl-x86_64.so.1"] }),
      "lib/ld-musl-x86_64.so.1": elf({ type: 3 }),
    }),
    [],
  );
});

test("a program, or the interpreter of a script, that is not there", () => {
  assert.deepEqual(said({ other: "1kB" }), [
    "error: `/app` is started here and is not in the image.",
  ]);
  const script = (content: string) => ({ content, mode: 0o755 });
  assert.deepEqual(said({ app: script("#!/bin/sh\nexec /x\n") }), [
    "error: `/app` is a script for `/bin/sh`, which is not in the image.",
  ]);
  assert.deepEqual(said({ app: script("#!/usr/bin/env node\n"), "usr/bin/env": "1kB" }), [
    "error: `/app` is a script for `node`, which is not in the image.",
  ]);
  assert.deepEqual(said({ app: "1MB" }), []);
});

test("CA certificates only where the program looks for them", () => {
  const client = {
    content: Buffer.concat([anElf(), Buffer.from("\0/etc/ssl/certs/ca-certificates.crt\0")]),
    mode: 0o755,
  };
  assert.deepEqual(said({ app: client }), [
    "information: `/app` looks for CA certificates, and the image has none: connections that check a server's certificate fail.",
  ]);
  assert.deepEqual(said({ app: client, "etc/ssl/certs/ca-certificates.crt": "200kB" }), []);
  assert.deepEqual(said({ app: client, "etc/ssl/certs/a.pem": "2kB" }), []);
  assert.deepEqual(said({ app: client }, ["SSL_CERT_FILE=/x.pem"]), []);
});

test("a Go program with cgo is built without it", () => {
  const go = {
    version: "go1.22.1",
    modules: "path\tx\nbuild\tCGO_ENABLED=1\n",
    form: "inline",
  } as const;
  const image = anImage()
    .layer({ app: elf({ interpreter: loader, go }) }, { createdBy: "COPY /app /app # buildkit" })
    .emptyRow('ENTRYPOINT ["/app"]')
    .settings({ entrypoint: ["/app"], env: [] });
  const file = (build: string) =>
    `FROM golang AS b\nRUN ${build}\nFROM scratch\nCOPY --from=b /app /app\nENTRYPOINT ["/app"]\n`;
  const [finding] = ruleFindings(scratchCannotRun, image, file("go build -o /app"));
  assert.deepEqual(
    finding?.fixes.map(({ title }) => title),
    ["Build the Go program without cgo"],
  );
});

test("the image decides about shell forms and users", () => {
  const shell = anImage()
    .layer("bin/sh 1MB, app 1kB", { createdBy: "COPY out / # buildkit" })
    .emptyRow('CMD ["/bin/sh" "-c" "/app"]');
  checkRule(scratchCannotRun, shell, "FROM scratch\nCOPY out /\nCMD /app\n");
  const bare = anImage()
    .layer(
      { app: elf(), "etc/passwd": { content: "root:x:0:0::/:\n" } },
      { createdBy: "COPY out / # buildkit" },
    )
    .emptyRow("USER web")
    .emptyRow('CMD ["/bin/sh" "-c" "/app"]');
  checkRule(
    scratchCannotRun,
    bare,
    `FROM scratch
COPY out /
USER web
#    ^^^ scratch-cannot-run: The user \`web\` is not known: \`/etc/passwd\` in the image has no such name. A number needs no name.
CMD /app
#^^ scratch-cannot-run: CMD in shell form needs \`/bin/sh\`, and it is not in the image.
`,
  );
});

test("lines changed since the build are judged by their text", () => {
  checkRule(
    scratchCannotRun,
    imageOf({ other: "1kB" }),
    'FROM scratch\nCOPY --chmod=755 more /\nENTRYPOINT ["/app"]\n',
  );
});
