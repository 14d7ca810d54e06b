import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram, type TestEngine } from "../machine/engine.ts";
import { addScratchBase } from "./scratchBases.ts";

/** The small base with nothing but Node.js and what it loads. */
export const smallNode = "gcr.io/distroless/nodejs24-debian13";

/**
 * Adds stand-ins for `node:24` and its distroless image, made of the Node.js that runs the tests: the public ones cannot be relied on. Returns why they
 * cannot be had, or undefined.
 */
export async function addNodeBases(engine: TestEngine): Promise<string | undefined> {
  const reason = await addScratchBase(engine, "debian");
  if (reason !== undefined) return reason;
  const place = await mkdtemp(join(tmpdir(), "tare-node-"));
  try {
    await addSmall(engine, place, await librariesOfNode());
    await addFull(engine, place);
    return undefined;
  } catch (error) {
    return `node:24 cannot be made: ${String(error).split("\n")[0] ?? ""}`;
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

/** Absolute paths of what the loader brings, the loader too. */
async function librariesOfNode(): Promise<readonly string[]> {
  const { stdout } = await runProgram("ldd", [process.execPath]);
  return [...stdout.matchAll(/(?:=> |\t)(\/\S+)/g)].map(([, path = ""]) => path);
}

async function addSmall(
  engine: TestEngine,
  place: string,
  libraries: readonly string[],
): Promise<void> {
  const root = join(place, "small");
  await runProgram("mkdir", ["-p", join(root, "nodejs/bin"), join(root, "tmp")]);
  await runProgram("cp", ["-L", process.execPath, join(root, "nodejs/bin/node")]);
  await runProgram("cp", ["-L", "--parents", ...libraries, root]);
  const start = 'ENTRYPOINT ["/nodejs/bin/node"]';
  await addImage(engine, { root, tag: smallNode, changes: [start, "WORKDIR /"] });
}

async function addFull(engine: TestEngine, place: string): Promise<void> {
  const root = join(place, "full");
  const { stdout } = await runProgram("npm", ["root", "--global"]);
  const modules = join(root, "usr/local/lib/node_modules");
  const bin = join(root, "usr/local/bin");
  await runProgram("mkdir", ["-p", modules, bin]);
  await runProgram("cp", ["-a", join(stdout.trim(), "npm"), modules]);
  await runProgram("ln", ["-s", "../lib/node_modules/npm/bin/npm-cli.js", join(bin, "npm")]);
  await addImage(engine, { root, tag: "npm:local", changes: [] });
  await engine.build({
    tag: "node:24",
    builder: "buildkit",
    dockerfile: `FROM npm:local AS npm
FROM ${smallNode} AS small
FROM debian:local
COPY --from=small / /small
RUN cp /small/nodejs/bin/node /usr/local/bin/ && cd /small && for f in $(find lib lib64 usr -name 'lib*.so*' 2>/dev/null); do test -e /$f || cp $f /$f; done && rm -rf /small
COPY --from=npm /usr/local/ /usr/local/
RUN echo node:x:1000:1000::/home/node:/bin/sh >> /etc/passwd && echo node:x:1000: >> /etc/group
CMD ["node"]
`,
  });
}

async function addImage(
  engine: TestEngine,
  image: { readonly root: string; readonly tag: string; readonly changes: readonly string[] },
): Promise<void> {
  const archive = `${image.root}.tar`;
  await runProgram("tar", ["-C", image.root, "--owner=0", "--group=0", "-cf", archive, "."]);
  const changes = image.changes.flatMap((change) => ["--change", change]);
  await engine.run(["import", ...changes, archive, image.tag]);
}
