// Makes the images that the examples show, as OCI layouts beside their Dockerfiles. Needs nothing but Node: no engine, no root, no network.
//   node examples/make.ts           makes what is missing
//   node examples/make.ts --again   makes everything anew
import { access, mkdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import type { FileSpec, ImageBuilder } from "../test/support/imageBuilder.ts";
import { anImage } from "../test/support/imageBuilder.ts";
import { ociFiles, writeStore } from "../test/support/imageWriters.ts";
import type { Entry, Layer } from "./make/fatLayers.ts";
import { fatSteps } from "./make/fatLayers.ts";

const here = dirname(fileURLToPath(import.meta.url));

/** An HTTP server and nothing else; what `docker build examples/micro` gives. */
export async function microImage(): Promise<ImageBuilder> {
  const server = await readFile(join(here, "micro", "server"));
  return anImage()
    .settings({
      entrypoint: ["/server"],
      user: "65532:65532",
      exposedPorts: ["8080/tcp"],
      workingDir: "/",
    })
    .layer(
      { server: { content: server, mode: 0o755 } },
      { createdBy: "COPY --chmod=755 server /server # buildkit" },
    )
    .emptyRow("USER 65532:65532")
    .emptyRow("EXPOSE [8080/tcp]")
    .emptyRow('ENTRYPOINT ["/server"]');
}

/** A web application as such images often are: a third of its bytes for nothing. */
export function fatImage(): ImageBuilder {
  const start = anImage().settings({
    cmd: ["python3", "-m", "orders"],
    user: "1000",
    workingDir: "/app",
    exposedPorts: ["8080/tcp"],
    labels: { "org.opencontainers.image.title": "orders" },
  });
  return fatSteps().reduce(
    (image, { createdBy, comment, entries }) =>
      entries === undefined
        ? image.emptyRow(createdBy, { comment })
        : image.layer(toFiles(entries), { createdBy, comment }),
    start,
  );
}

function toFiles(layer: Layer): Readonly<Record<string, FileSpec>> {
  return Object.fromEntries([...layer].map(([path, entry]) => toFile(path, entry)));
}

function toFile(path: string, entry: Entry): readonly [string, FileSpec] {
  switch (entry.kind) {
    case "directory":
      return [`${path}/`, { mode: entry.mode ?? 0o755, uid: entry.uid ?? 0, gid: entry.uid ?? 0 }];
    case "file":
      return [
        path,
        {
          content: entry.content,
          mode: entry.mode ?? 0o644,
          uid: entry.uid ?? 0,
          gid: entry.uid ?? 0,
        },
      ];
    case "symlink":
      return [path, { symlink: entry.target }];
    case "removed":
      return [posix.join(posix.dirname(path), `.wh.${posix.basename(path)}`), "0"];
  }
}

/** Writes the layout into a folder of its own first, so that an interrupted run leaves nothing half made. */
async function write(folder: string, image: ImageBuilder): Promise<void> {
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  await writeStore(unfinished, ociFiles(image, { compression: "gzip", refName: undefined }));
  await rm(folder, { recursive: true, force: true });
  await rename(unfinished, folder);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function main(): Promise<void> {
  const isAgain = process.argv.includes("--again");
  const images = { micro: microImage, fat: fatImage };
  for (const [name, image] of Object.entries(images)) {
    const folder = join(here, name, "image");
    if (!isAgain && (await exists(join(folder, "oci-layout")))) continue;
    console.log(`examples/${name}: making its image …`);
    const startMs = performance.now();
    await write(folder, await image());
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    console.log(`examples/${name}: image made in ${seconds} s`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
