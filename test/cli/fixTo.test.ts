import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { programFile, programImage } from "../core/views/scratchCase.ts";
import { aSystem } from "../core/scratch/toScratchCase.ts";
import { runTare } from "./fakeHost.ts";

const dynamic = { interpreter: "/lib64/ld-linux-x86-64.so.2", needed: ["libc.so.6"] };
const shell = programFile.replace('["/app"]', "/app $X | tee log");
const images = {
  app: programImage().read(),
  dynamic: programImage(dynamic).read(),
  shell: aSystem().layer("app 1kB", { createdBy: "COPY /app /app # buildkit" }).read(),
};

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "tare-fix-to-"));
  await writeFile(join(folder, "Dockerfile"), programFile);
  await writeFile(join(folder, "Writable"), `# tare: image=app\n${programFile}`);
  await writeFile(join(folder, "Shell"), shell);
  await writeFile(join(folder, "Twice"), 'FROM a\nCOPY a /a\nCOPY b /b\nCMD ["/a"]\n');
  await writeFile(join(folder, "Empty"), "# nothing yet\n");
});
after(() => rm(folder, { recursive: true }));

const tare = (...argv: readonly string[]) => runTare(argv, { images, cwd: folder });

test("the new text goes to stdout, the readiness list and the sizes to stderr", async () => {
  const run = await tare("fix", "Dockerfile", "--to", "scratch", "--image", "app");
  assert.equal(run.exitCode, 0);
  assert.equal(run.stdout, programFile.replace("FROM debian:12", "FROM scratch"));
  assert.match(run.stderr, /^tare: The final stage can start from scratch\.\n/);
  assert.match(run.stderr, /^tare: {3}fine {5}Program: app is a static program for amd64\.$/m);
  assert.match(run.stderr, /^tare: Dockerfile: FROM scratch: 402 kB → 272 B\.\n$/m);
});

test("what is not proven is said beside the text", async () => {
  const run = await tare("fix", "Dockerfile", "--to", "scratch", "--image", "dynamic");
  assert.equal(run.exitCode, 0);
  assert.match(run.stderr, /needs {4}Shared libraries \(672 B\): /);
  assert.match(run.stderr, /may load further libraries \(dlopen\)[^\n]*\n$/);
});

test("--write changes the file and prints nothing; a second time it stays as it is", async () => {
  const run = await tare("fix", "Writable", "--to", "scratch", "--write");
  assert.deepEqual([run.exitCode, run.stdout], [0, ""]);
  const written = await readFile(join(folder, "Writable"), "utf8");
  assert.match(written, /^FROM scratch$/m);
  const again = await tare("fix", "Writable", "--to", "scratch", "--write");
  assert.equal(again.exitCode, 0);
  assert.match(again.stderr, /the final stage starts from scratch already/);
  assert.equal(await readFile(join(folder, "Writable"), "utf8"), written);
});

test("what cannot be done is exit 1 with the reason, and prints and writes nothing", async () => {
  for (const further of [[], ["--write"]]) {
    const run = await tare("fix", "Shell", "--to", "scratch", "--image", "shell", ...further);
    assert.deepEqual([run.exitCode, run.stdout], [1, ""]);
    assert.match(run.stderr, /blocks {3}Shell: The start line needs a shell/);
    assert.match(run.stderr, /Shell: the final stage cannot be taken to scratch\./);
  }
  assert.equal(await readFile(join(folder, "Shell"), "utf8"), shell);
});

test("another target is its own base, with what that weighs; what is offered instead is named", async () => {
  const run = await tare("fix", "Shell", "--to", "slim", "--image", "shell");
  assert.equal(run.exitCode, 0);
  assert.equal(run.stdout, shell.replace("debian:12", "debian:12-slim"));
  assert.match(run.stderr, /debian:12-slim weighs [\d.]+ MB as recorded on /);
  const none = await tare("fix", "Shell", "--to", "scratch", "--image", "shell");
  assert.match(none.stderr, /What can be had: --to slim\.\n$/);
});

test("without an image the reason is that it has to be built once", async () => {
  const run = await tare("fix", "Dockerfile", "--to", "scratch");
  assert.deepEqual([run.exitCode, run.stdout], [1, ""]);
  assert.match(run.stderr, /build the image once/);
  const empty = await tare("fix", "Empty", "--to", "scratch");
  assert.deepEqual(
    [empty.exitCode, empty.stderr],
    [1, "tare: Empty has no FROM: there is no final stage.\n"],
  );
});

test("what holds for several lines in the same words is told once", async () => {
  const run = await tare("fix", "Twice", "--to", "scratch");
  assert.equal(run.stderr.split("Copied files: ").length, 2);
});

test("wrong use is told in one sentence", async () => {
  const unknown = await tare("fix", "Dockerfile", "--to", "nothing");
  assert.equal(unknown.exitCode, 2);
  assert.match(unknown.stderr, /one of scratch, distroless, alpine, slim/);
  const both = await tare("fix", "Dockerfile", "--to", "scratch", "--rule", "source-maps");
  assert.equal(both.exitCode, 2);
});
