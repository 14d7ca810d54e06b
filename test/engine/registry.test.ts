import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdir, mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Platform } from "../../server/src/core/image/imageConfig.ts";
import type { ImageError } from "../../server/src/core/image/imageError.ts";
import type { Result } from "../../server/src/core/result.ts";
import { openRegistries } from "../../server/src/io/registry.ts";
import type { RegistryImage } from "../../server/src/io/registryImage.ts";
import { errorOf, valueOf } from "../io/openedImage.ts";
import { installPackages, runProgram } from "../machine/engine.ts";
import { anImage, type ImageBuilder } from "../support/imageBuilder.ts";
import { ociFiles, writeStore, type OciOptions } from "../support/imageWriters.ts";

const amd64: Platform = { os: "linux", architecture: "amd64" };
const image = anImage().layer("base 700kB").layer("app 200kB").emptyRow('CMD ["sh"]');

/** `jo` with the password `secret`. */
const users = "jo:$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n";

interface RealRegistry {
  readonly host: string;
  readonly child: ChildProcess;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Debian's docker-registry on loopback with its own data; its packaged config wants a login, so it gets another. */
async function startRegistry(folder: string, wantsLogin: boolean): Promise<RealRegistry> {
  const place = await mkdtemp(join(folder, "registry-"));
  const host = `127.0.0.1:${await freePort()}`;
  await writeFile(join(place, "users"), users);
  const auth = wantsLogin
    ? `auth:\n  htpasswd:\n    realm: tests\n    path: ${join(place, "users")}\n`
    : "";
  const config = `version: 0.1
log: { level: error }
storage:
  filesystem: { rootdirectory: ${join(place, "data")} }
http: { addr: "${host}" }
${auth}`;
  await writeFile(join(place, "config.yml"), config);
  const log = await open(join(place, "log"), "w");
  const child = spawn("docker-registry", ["serve", join(place, "config.yml")], {
    stdio: ["ignore", log.fd, log.fd],
  });
  await log.close();
  process.once("exit", () => child.kill("SIGKILL"));
  for (let attempt = 0; attempt < 100 && child.exitCode === null; attempt += 1) {
    const answer = await fetch(`http://${host}/v2/`).catch(() => undefined);
    if (answer !== undefined) return { host, child };
    await sleep(50);
  }
  throw new Error("docker-registry does not start");
}

async function stopRegistry({ child }: RealRegistry): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await ended;
}

suite("a real registry on loopback", () => {
  let folder = "";
  let missing: string | undefined;
  let open: RealRegistry;
  let locked: RealRegistry;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tare-registry-"));
    missing = await installPackages({ "docker-registry": "docker-registry", skopeo: "skopeo" });
    if (missing !== undefined) return;
    open = await startRegistry(folder, false);
    locked = await startRegistry(folder, true);
  });

  after(async () => {
    if (missing === undefined) await Promise.all([stopRegistry(open), stopRegistry(locked)]);
    await rm(folder, { recursive: true, force: true });
  });

  function isThere(context: TestContext): boolean {
    if (missing !== undefined) context.skip(missing);
    return missing === undefined;
  }

  /** Pushes with skopeo, as a user would. */
  async function push(
    what: ImageBuilder,
    name: string,
    words: readonly string[] = [],
    options: OciOptions = { compression: "gzip" },
  ): Promise<void> {
    const layout = await mkdtemp(join(folder, "layout-"));
    await writeStore(layout, ociFiles(what, options));
    await runProgram("skopeo", [
      "copy",
      "--insecure-policy",
      "--dest-tls-verify=false",
      "-q",
      ...words,
      `oci:${layout}:latest`,
      `docker://${name}`,
    ]);
  }

  function lookUp(
    name: string,
    more: { readonly cacheFolder?: string; readonly DOCKER_CONFIG?: string } = {},
    platform: Platform = amd64,
  ): Promise<Result<RegistryImage, ImageError>> {
    const registries = openRegistries({
      cacheFolder: more.cacheFolder,
      environment: { DOCKER_CONFIG: more.DOCKER_CONFIG ?? folder },
      homeFolder: folder,
      nowMs: () => Date.now(),
    });
    return registries.lookUp(name, platform, AbortSignal.timeout(30_000));
  }

  /** What skopeo reads from the registry: digest of the manifest, and the sum of its layers. */
  async function toldBySkopeo(
    name: string,
  ): Promise<{ readonly digest: string; readonly transferBytes: number }> {
    const words = ["inspect", "--tls-verify=false", `docker://${name}`];
    const inspected = JSON.parse((await runProgram("skopeo", words)).stdout) as {
      readonly Digest: string;
    };
    const raw = JSON.parse((await runProgram("skopeo", [...words, "--raw"])).stdout) as {
      readonly layers: readonly { readonly size: number }[];
    };
    const transferBytes = raw.layers.reduce((sum, { size }) => sum + size, 0);
    return { digest: inspected.Digest, transferBytes };
  }

  for (const compression of ["gzip", "zstd"] as const) {
    test(`an image pushed with ${compression} layers is told as skopeo tells it`, async (context) => {
      if (!isThere(context)) return;
      const name = `${open.host}/acme/${compression}:1`;
      await push(image, name, [], { compression });
      const found = valueOf(await lookUp(name));
      const { digest, transferBytes } = await toldBySkopeo(name);
      assert.deepEqual([found.manifestDigest, found.transferBytes], [digest, transferBytes]);
      assert.deepEqual(
        found.layers.map(({ diffId }) => diffId),
        found.config.diffIds,
      );
      assert.equal(found.config.history.length, 3);
    });
  }

  test("Docker's own media types are read too", async (context) => {
    if (!isThere(context)) return;
    const name = `${open.host}/acme/v2s2:1`;
    await push(image, name, ["--format=v2s2"]);
    const found = valueOf(await lookUp(name));
    assert.equal(found.transferBytes, (await toldBySkopeo(name)).transferBytes);
  });

  test("an index with an attestation leads to its image, and digests are kept", async (context) => {
    if (!isThere(context)) return;
    const name = `${open.host}/acme/index:latest`;
    await push(image, name, ["--all"], { compression: "gzip", nestedIndex: true });
    const cacheFolder = join(folder, "cache");
    const found = valueOf(await lookUp(name, { cacheFolder }));
    assert.notEqual(found.digest, found.manifestDigest);
    const pinned = `${open.host}/acme/index@${found.digest}`;
    await stopRegistry(open);
    const again = valueOf(await lookUp(pinned, { cacheFolder }));
    assert.equal(again.transferBytes, found.transferBytes);
    assert.equal(errorOf(await lookUp(pinned)).code, "engine-unreachable");
    open = await startRegistry(folder, false);
  });

  test("what is not there is not found", async (context) => {
    if (!isThere(context)) return;
    assert.equal(errorOf(await lookUp(`${open.host}/acme/none:1`)).code, "image-not-found");
  });

  test("a registry that wants a login gets the one that docker login left", async (context) => {
    if (!isThere(context)) return;
    const name = `${locked.host}/acme/secret:1`;
    await push(image, name, ["--dest-creds=jo:secret"]);
    const place = join(folder, "login");
    await mkdir(place, { recursive: true });
    const authFile = join(place, "config.json");
    await runProgram(
      "skopeo",
      ["login", "--tls-verify=false", "-u", "jo", "-p", "secret", locked.host],
      {
        REGISTRY_AUTH_FILE: authFile,
      },
    );
    assert.equal(valueOf(await lookUp(name, { DOCKER_CONFIG: place })).layers.length, 2);
    assert.equal(errorOf(await lookUp(name)).code, "image-not-found");
  });
});
