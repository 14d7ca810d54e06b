import assert from "node:assert/strict";
import { test } from "node:test";
import { findReadiness } from "../../../server/src/core/scratch/findReadiness.ts";
import type { CheckKind, Readiness } from "../../../server/src/core/scratch/readiness.ts";
import type { FileSpec, ImageBuilder } from "../../support/imageBuilder.ts";
import { aProgram, aSystem, scratchInputOf } from "./toScratchCase.ts";

const dynamic = { interpreter: "/lib64/ld-linux-x86-64.so.2", needed: ["libc.so.6"] };

/** A Dockerfile that copies a program onto a full system; `lines` stand between the COPY and the start line. */
interface Situation {
  readonly program?: FileSpec;
  readonly lines?: string;
  readonly start?: string;
  readonly system?: ImageBuilder;
}

function readinessOf({ program, lines = "", start, system }: Situation): Readiness {
  const text = `FROM debian:12\nCOPY app /app\n${lines}CMD ${start ?? '["/app"]'}\n`;
  const image = (system ?? aSystem())
    .layer({ app: program ?? aProgram() }, { createdBy: "COPY app /app # buildkit" })
    .settings({ cmd: ["/app"] });
  const readiness = findReadiness(scratchInputOf(text, image));
  assert.ok(readiness, "there is a stage");
  return readiness;
}

/** Rows of a kind as `state evidence`, and what they have carried. */
function checkRows(
  situation: Situation,
  kind: CheckKind,
  rows: readonly string[],
  carried: readonly string[] | "not looked at" = [],
): void {
  const readiness = readinessOf(situation);
  assert.deepEqual(
    readiness.checks
      .filter((check) => check.kind === kind)
      .map(({ state, evidence }) => `${state}: ${evidence}`),
    rows,
  );
  if (carried === "not looked at") return;
  assert.deepEqual(
    readiness.carried?.filter(({ why }) => why === kind).map(({ path }) => path),
    carried,
  );
}

/** A system with more files. */
function systemWith(files: Readonly<Record<string, FileSpec>>): ImageBuilder {
  return aSystem().layer(files, { createdBy: "base" });
}

test("a shared C library reads the zone of TZ, whatever the program names", () => {
  const program = aProgram(dynamic);
  const system = () => systemWith({ "usr/share/zoneinfo/Europe/Berlin": "2kB" });
  const berlin = "usr/share/zoneinfo/Europe/Berlin";
  for (const zone of ["Europe/Berlin", ":Europe/Berlin", `/${berlin}`]) {
    checkRows(
      { program, system: system(), lines: `ENV TZ=${zone}\n` },
      "time-zones",
      [`needs: TZ is ${zone}: the C library reads ${berlin}, whatever the program names.`],
      [berlin],
    );
  }
  checkRows({ program, system: system(), lines: "ENV TZ=CET-1CEST\n" }, "time-zones", [
    'ok: TZ is "CET-1CEST", for which the C library has no file today.',
  ]);
  checkRows({ program, system: system() }, "time-zones", [
    "ok: TZ is not set and there is no etc/localtime: the C library takes UTC.",
  ]);
});

test("without TZ the C library reads etc/localtime", () => {
  const program = aProgram(dynamic);
  const linked = (zone: string): ImageBuilder =>
    systemWith({
      [`usr/share/zoneinfo/${zone}`]: "2kB",
      "etc/localtime": { symlink: `/usr/share/zoneinfo/${zone}` },
    });
  checkRows({ program, system: linked("Etc/UTC") }, "time-zones", [
    "ok: The image is set to UTC, which the C library takes anyway.",
  ]);
  checkRows(
    { program, system: linked("Asia/Tokyo") },
    "time-zones",
    [
      "needs: The C library reads the time zone of the image from etc/localtime, today usr/share/zoneinfo/Asia/Tokyo.",
    ],
    ["etc/localtime"],
  );
});

test("a static program needs the time zones it names, and none else", () => {
  checkRows({ lines: "ENV TZ=UTC\n" }, "time-zones", [
    "ok: Nothing in the program names time zone data.",
  ]);
  checkRows(
    { program: aProgram({}, "/usr/share/zoneinfo/") },
    "time-zones",
    ["needs: The program names the time zone data, and the image has it."],
    ["usr/share/zoneinfo"],
  );
});

test("lists of users go along where the program or its C library reads them", () => {
  const lists = ["etc/group", "etc/passwd"];
  checkRows({}, "name-service", ["ok: Names are resolved without loadable modules."]);
  checkRows(
    { program: aProgram({}, "/etc/passwd") },
    "name-service",
    ["needs: The program names the list of users."],
    lists,
  );
  checkRows(
    { program: aProgram(dynamic) },
    "name-service",
    [
      "needs: The C library reads the list of users where the program asks for one, whatever the program names.",
    ],
    lists,
  );
  checkRows(
    {
      program: aProgram(dynamic, "/etc/nsswitch.conf"),
      system: systemWith({ "etc/nsswitch.conf": "1kB" }),
    },
    "name-service",
    [
      "unknown: The C library loads modules for users and host names as it goes; only a run shows which.",
    ],
    ["etc/group", "etc/nsswitch.conf", "etc/passwd"],
  );
  checkRows(
    { program: aProgram({ isUpx: true }) },
    "name-service",
    ["unknown: Whether the program asks for users cannot be seen."],
    lists,
  );
});

test("the bundle goes along with the place where OpenSSL looks for it", () => {
  const bundle = "etc/ssl/certs/ca-certificates.crt";
  const named =
    "needs: The program, or a library it loads, names the CA bundle, and the image has one.";
  const system = () => systemWith({ "usr/lib/ssl/cert.pem": { symlink: `/${bundle}` } });
  checkRows({}, "certificates", ["ok: Nothing in the program names a CA bundle."]);
  checkRows(
    { program: aProgram({}, "SSL_CERT_FILE"), system: system() },
    "certificates",
    [named],
    [bundle, "usr/lib/ssl/cert.pem"],
  );
  const readiness = readinessOf({ program: aProgram({}, "SSL_CERT_FILE"), system: system() });
  const check = readiness.checks.find(({ kind }) => kind === "certificates");
  assert.equal(check?.bytes, 200_000, "a link weighs nothing");
});

test("a program is seen as what it is", () => {
  const file = (content: string): FileSpec => ({ content, mode: 0o755 });
  const shows = (situation: Situation, row: string): void =>
    checkRows(situation, "program", [row], "not looked at");
  shows({}, "ok: app is a static program for amd64.");
  shows({ program: file("#!/bin/sh\necho hi\n") }, "blocks: app is a script that /bin/sh runs.");
  const wrapper = file('#!/bin/sh\nset -e\nexec "$@"\n\n# end\n');
  shows(
    { program: wrapper, start: '["/app", "node", "x"]' },
    "blocks: app is a script that /bin/sh runs; in the end it hands over to node.",
  );
  shows({ program: wrapper }, "blocks: app is a script that /bin/sh runs.");
  shows({ start: '["/none"]' }, "blocks: The image has no program /none.");
  shows({ program: file("nothing known") }, "unknown: What app is cannot be seen.");
});

test("what runs or starts other programs is not taken to scratch by itself", () => {
  const shows = (path: string, row: string): void =>
    checkRows(
      { system: systemWith({ [path]: aProgram() }), start: JSON.stringify([`/${path}`, "main"]) },
      "program",
      [row],
      [],
    );
  const interpreted =
    "runs other programs: what they and its own library load is not written in any file that tells all of it.";
  for (const path of ["usr/bin/python3.11", "usr/local/bin/node", "usr/bin/perl"])
    shows(path, `blocks: ${path} ${interpreted}`);
  shows(
    "sbin/tini",
    "blocks: sbin/tini only starts another program that its arguments name: start that one itself, and scratch can be judged (`docker run --init` brings an init of its own).",
  );
});

test("a missing library blocks", () => {
  checkRows({ program: aProgram({ ...dynamic, needed: ["libz.so.1"] }) }, "libraries", [
    "blocks: app needs libz.so.1, which the image does not have.",
  ]);
});

test("a user is taken by its number", () => {
  checkRows({ lines: "USER 1000\n" }, "user", []);
  checkRows({ lines: "USER web\n" }, "user", [
    "needs: etc/passwd says that web is 1000:1001: scratch takes the numbers.",
  ]);
  checkRows({ lines: "USER none\n" }, "user", [
    "blocks: etc/passwd of the image does not know the user of USER none.",
  ]);
});

test("a WebAssembly module is known by its beginning", () =>
  assert.equal(
    readinessOf({ program: { content: "\0asm\u0001\0\0\0rest" } }).program?.kind,
    "wasm",
  ));

test("a static program that reads the zone of the image gets it with the zones it may name", () => {
  const system = systemWith({
    "usr/share/zoneinfo/Asia/Tokyo": "2kB",
    "etc/localtime": { symlink: "../usr/share/zoneinfo/Asia/Tokyo" },
  });
  checkRows(
    { program: aProgram({}, "/etc/localtime"), system },
    "time-zones",
    ["needs: The program names the time zone data, and the image has it."],
    ["etc/localtime", "usr/share/zoneinfo"],
  );
});

test("libraries are carried to where the loader asks for them", () => {
  const library = aProgram({ type: 3 });
  const system = () =>
    systemWith({ "opt/app-1.2/lib/libx.so": library, "opt/app": { symlink: "app-1.2" } });
  const asks = { ...dynamic, needed: ["libx.so"] };
  const loader = "lib64/ld-linux-x86-64.so.2";
  const seen = ["needs: 2 files are loaded before the program starts, all of them in the image."];
  const rows = ["opt/app/lib/libx.so"];
  checkRows(
    { program: aProgram(asks), system: system(), lines: "ENV LD_LIBRARY_PATH=/opt/app/lib\n" },
    "libraries",
    seen,
    [loader, ...rows],
  );
  for (const path of [{ rPath: "/opt/app/lib" }, { runPath: "$ORIGIN/opt/app/lib" }]) {
    const program = aProgram({ ...asks, ...path });
    checkRows({ program, system: system() }, "libraries", seen, [loader, ...rows]);
  }
});

test("a library that is asked for by two names has both", () => {
  const system = systemWith({
    "usr/lib/libx.so.1": aProgram({ type: 3, needed: ["ld-linux-x86-64.so.2"] }),
    "usr/lib/libx.so": { symlink: "libx.so.1" },
  });
  const program = aProgram({ ...dynamic, needed: ["libx.so.1", "libx.so"] });
  checkRows(
    { program, system },
    "libraries",
    ["needs: 2 files are loaded before the program starts, all of them in the image."],
    ["lib64/ld-linux-x86-64.so.2", "usr/lib/libx.so", "usr/lib/libx.so.1"],
  );
});

test("a program that finds its libraries beside itself keeps the link it is started by", () => {
  const program = aProgram({ ...dynamic, needed: ["libx.so"], runPath: "$ORIGIN/../lib" });
  const files = { "opt/x/bin/tool": program, "opt/x/lib/libx.so": aProgram({ type: 3 }) };
  const system = systemWith({ ...files, "usr/bin/tool": { symlink: "/opt/x/bin/tool" } })
    .layer({ data: "1kB" }, { createdBy: "COPY data /data # buildkit" })
    .settings({ cmd: ["/usr/bin/tool"] });
  const text = 'FROM debian:12\nCOPY data /data\nCMD ["/usr/bin/tool"]\n';
  const carried = findReadiness(scratchInputOf(text, system))?.carried ?? [];
  assert.deepEqual(
    carried.filter(({ path }) => /tool|libx/.test(path)).map(({ path }) => path),
    ["opt/x/bin/tool", "opt/x/lib/libx.so", "usr/bin/tool"],
  );
});

test("musl's loader is its own C library, whatever name that has", () => {
  const loader = "lib/ld-musl-x86_64.so.1";
  const system = () =>
    systemWith({
      "usr/lib/ld-musl-x86_64.so.1": aProgram({ type: 3 }),
      "usr/local/share/x/liby.so": aProgram({ type: 3 }),
      "etc/ld-musl-x86_64.path": { content: "/usr/local/share/x\n" },
    });
  const asks = { interpreter: `/${loader}`, needed: ["libc.musl-x86_64.so.1"] };
  checkRows(
    { program: aProgram(asks), system: system() },
    "libraries",
    ["needs: 1 file is loaded before the program starts, and the image has it."],
    [loader],
  );
  checkRows(
    { program: aProgram({ ...asks, needed: [...asks.needed, "liby.so"] }), system: system() },
    "libraries",
    ["needs: 2 files are loaded before the program starts, all of them in the image."],
    ["etc/ld-musl-x86_64.path", loader, "usr/local/share/x/liby.so"],
  );
});

test("HEALTHCHECK stays where it runs something static", () => {
  const system = () => systemWith({ probe: aProgram(), "usr/bin/linked": aProgram(dynamic) });
  const outside =
    "which scratch does not have: whoever runs the container has to probe it from outside.";
  const check = (words: string, row: string, carried: readonly string[] = []) =>
    checkRows(
      { lines: `HEALTHCHECK CMD ${words}\n`, system: system() },
      "health-check",
      [row],
      carried,
    );
  check('["/app", "ping"]', "ok: It runs the program itself.");
  check("/app ping || exit 1", "needs: It runs the program itself: it becomes exec form.");
  check('["/probe"]', "ok: It runs /probe, a static program.", ["probe"]);
  check('["/usr/bin/linked"]', `needs: It runs a command, ${outside}`);
  check("[ -f /ready ]", `needs: It runs a command in a shell, ${outside}`);
});

test("ONBUILD blocks, for what it says is run by images that are built on this one", () =>
  checkRows(
    { lines: "ONBUILD RUN make\n" },
    "run",
    [
      "blocks: ONBUILD speaks to images that are built on this one: they need what scratch does not have.",
      "ok: They are copied into the new stage as they are.",
    ],
    "not looked at",
  ));
