import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { anImage } from "../support/imageBuilder.ts";
import { runTare } from "./fakeHost.ts";

const images = {
  "web:1": anImage()
    .reference("web:1")
    .base("usr/lib/libc.so 2MB")
    .layer("srv/app 1kB", { createdBy: "COPY app /srv/ # buildkit" })
    .read(),
};

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "tare-before-"));
  await writeFile(join(folder, "app"), "x".repeat(1000));
  await writeFile(join(folder, "extra"), "x".repeat(500));
  const built = "FROM base\nCOPY app /srv/\n";
  await writeFile(join(folder, "Dockerfile"), `${built}COPY extra /srv/\n`);
});
after(() => rm(folder, { recursive: true }));

test("the JSON report counts a new COPY in the build context, and leaves measured lines as they are", async () => {
  const run = await runTare(["analyze", "web:1", "-f", "Dockerfile", "--json"], {
    images,
    cwd: folder,
  });
  const { instructions } = JSON.parse(run.stdout) as {
    readonly instructions: readonly { readonly contentBytes: number; readonly basis: string }[];
  };
  assert.deepEqual(
    instructions.map(({ contentBytes, basis }) => [contentBytes, basis]),
    [
      [2_000_000, "measured"],
      [1000, "measured"],
      [500, "context"],
    ],
  );
});
