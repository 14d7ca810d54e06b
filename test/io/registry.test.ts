import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { describeImageError, type ImageError } from "../../server/src/core/image/imageError.ts";
import type { Platform } from "../../server/src/core/image/imageConfig.ts";
import type { Result } from "../../server/src/core/result.ts";
import { openRegistries, type RegistryOptions } from "../../server/src/io/registry.ts";
import type { RegistryImage } from "../../server/src/io/registryImage.ts";
import { anImage } from "../support/imageBuilder.ts";
import { errorOf, valueOf } from "./openedImage.ts";
import { sendStatus, startFakeRegistry, type FakeRegistry } from "./registryFake.ts";

const amd64: Platform = { os: "linux", architecture: "amd64" };
const arm64: Platform = { os: "linux", architecture: "arm64" };
const image = anImage().layer("base 70kB").layer("app 20kB");

let folder = "";
let registry: FakeRegistry;
let nowMs = 0;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "tare-registry-"));
});
after(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  registry = await startFakeRegistry();
  nowMs = 1_000_000;
});
afterEach(() => registry.stop());

function optionsFor(more: Partial<RegistryOptions> = {}): RegistryOptions {
  return {
    cacheFolder: undefined,
    environment: { DOCKER_CONFIG: join(folder, "no-config") },
    homeFolder: folder,
    nowMs: () => nowMs,
    ...more,
  };
}

function lookUp(
  name: string,
  more: Partial<RegistryOptions> = {},
  platform = amd64,
): Promise<Result<RegistryImage, ImageError>> {
  const registries = openRegistries(optionsFor(more));
  return registries.lookUp(`${registry.host}/${name}`, platform, AbortSignal.timeout(20_000));
}

function linesSeen(): readonly string[] {
  return registry.requests.map(({ line }) => line);
}

async function sentenceOf(outcome: Promise<Result<unknown, ImageError>>): Promise<string> {
  return describeImageError(errorOf(await outcome)).replaceAll(registry.host, "HOST");
}

/** A folder with a config.json as `docker login` leaves it. */
async function aConfig(config: unknown): Promise<{ readonly DOCKER_CONFIG: string }> {
  const place = await mkdtemp(join(folder, "config-"));
  await writeFile(join(place, "config.json"), JSON.stringify(config));
  return { DOCKER_CONFIG: place };
}

/** A credential helper that says something; the environment with which it is found. */
async function aHelper(name: string, script: string): Promise<{ readonly PATH: string }> {
  const place = await mkdtemp(join(folder, "helper-"));
  const path = join(place, `docker-credential-${name}`);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return { PATH: `${place}:${process.env["PATH"] ?? ""}` };
}

test("a tag leads to its manifest and config, with the compressed bytes of each layer and no layer fetched", async () => {
  const digest = registry.add("acme/app:1", image);
  const found = valueOf(await lookUp("acme/app:1"));
  assert.equal(found.digest, digest);
  assert.equal(found.manifestDigest, digest);
  assert.equal(found.askedMs, nowMs);
  assert.deepEqual(found.platform, amd64);
  const bytes = found.layers.map(({ blobDigest = "" }) => registry.blobs.get(blobDigest)!.length);
  assert.deepEqual(
    found.layers.map(({ transferBytes }) => transferBytes),
    bytes,
  );
  assert.equal(found.transferBytes, bytes[0]! + bytes[1]!);
  assert.equal(found.config.history.length, 2);
  assert.deepEqual(
    linesSeen().map((line) => line.replace(/sha256:\w+/, "DIGEST")),
    [
      "HEAD /v2/acme/app/manifests/1",
      "GET /v2/acme/app/manifests/DIGEST",
      "GET /v2/acme/app/blobs/DIGEST",
    ],
  );
});

test("an index leads to the image of the platform, past attestations", async () => {
  const small = anImage().platform(arm64).layer("arm 10kB");
  const digest = registry.addIndex("acme/app:latest", [
    [amd64, image],
    [{ ...arm64, variant: "v8" }, small],
  ]);
  for (const platform of [arm64, { ...arm64, variant: "v8" }]) {
    const found = valueOf(await lookUp("acme/app", {}, platform));
    assert.equal(found.digest, digest);
    assert.notEqual(found.manifestDigest, digest);
    assert.deepEqual(found.platform, arm64);
    assert.equal(found.layers.length, 1);
  }
  assert.equal(valueOf(await lookUp("acme/app")).layers.length, 2);
  assert.equal(
    await sentenceOf(lookUp("acme/app", {}, { os: "linux", architecture: "s390x" })),
    "HOST/acme/app:latest for linux/s390x is not in HOST: name an image it holds, linux/amd64 or linux/arm64/v8.",
  );
});

test("a digest asks for just that, and a kept digest for nothing", async () => {
  const cacheFolder = join(folder, "cache-1");
  const digest = registry.add("acme/app:1", image);
  const first = valueOf(await lookUp(`acme/app@${digest}`, { cacheFolder }));
  assert.equal(linesSeen().length, 2);
  const second = valueOf(await lookUp(`acme/app:other@${digest}`, { cacheFolder }));
  assert.equal(linesSeen().length, 2);
  assert.equal(second.transferBytes, first.transferBytes);
  valueOf(await lookUp("acme/app:1", { cacheFolder }));
  assert.deepEqual(linesSeen().slice(2), ["HEAD /v2/acme/app/manifests/1"]);
});

test("what is damaged in the cache is asked for again", async () => {
  const cacheFolder = join(folder, "cache-2");
  const digest = registry.add("acme/app:1", image);
  valueOf(await lookUp(`acme/app@${digest}`, { cacheFolder }));
  const kept = join(cacheFolder, "registry-1");
  for (const name of await readdir(kept)) await writeFile(join(kept, name), "{}");
  valueOf(await lookUp(`acme/app@${digest}`, { cacheFolder }));
  assert.equal(linesSeen().length, 4);
});

test("a registry that answers no HEAD is asked by GET", async () => {
  const digest = registry.add("acme/app:1", image);
  registry.interfere = ({ method }, response) => method === "HEAD" && sendStatus(response, 405);
  assert.equal(valueOf(await lookUp("acme/app:1")).digest, digest);
});

test("an answer is good for ten minutes, a failure for one", async () => {
  registry.add("acme/app:1", image);
  const registries = openRegistries(optionsFor());
  const ask = (name: string): Promise<Result<RegistryImage, ImageError>> =>
    registries.lookUp(`${registry.host}/${name}`, amd64, AbortSignal.timeout(20_000));
  valueOf(await ask("acme/app:1"));
  const count = linesSeen().length;
  valueOf(await ask("acme/app:1"));
  assert.equal(linesSeen().length, count);
  nowMs += 11 * 60_000;
  valueOf(await ask("acme/app:1"));
  assert.ok(linesSeen().length > count);
  errorOf(await ask("acme/none"));
  const failed = linesSeen().length;
  errorOf(await ask("acme/none"));
  assert.equal(linesSeen().length, failed);
  nowMs += 61_000;
  errorOf(await ask("acme/none"));
  assert.ok(linesSeen().length > failed);
});

test("callers at the same time share one look-up, which ends when the last one leaves", async () => {
  registry.add("acme/app:1", image);
  const registries = openRegistries(optionsFor());
  const name = `${registry.host}/acme/app:1`;
  const leaving = new AbortController();
  const left = registries.lookUp(name, amd64, leaving.signal);
  const stayed = registries.lookUp(name, amd64, new AbortController().signal);
  leaving.abort();
  assert.equal(errorOf(await left).code, "cancelled");
  valueOf(await stayed);
  assert.equal(linesSeen().filter((line) => line.startsWith("HEAD")).length, 1);
});

test("no more than four look-ups run at a time, and one that waits can be left", async () => {
  registry.add("acme/app:1", image);
  const held: (() => void)[] = [];
  let isHeld = true;
  registry.interfere = (request, response) => {
    if (!isHeld || request.method !== "HEAD") return false;
    held.push(() => sendStatus(response, 404));
    return true;
  };
  const registries = openRegistries(optionsFor());
  const ask = (tag: number, signal: AbortSignal): Promise<Result<RegistryImage, ImageError>> =>
    registries.lookUp(`${registry.host}/acme/app:${tag}`, amd64, signal);
  const signal = AbortSignal.timeout(20_000);
  const asked = [2, 3, 4, 5].map((tag) => ask(tag, signal));
  const leaving = new AbortController();
  const left = ask(6, leaving.signal);
  const last = ask(1, signal);
  while (held.length < 4) await sleep(5);
  await sleep(30);
  assert.equal(held.length, 4);
  leaving.abort();
  assert.equal(errorOf(await left).code, "cancelled");
  isHeld = false;
  for (const release of held) release();
  for (const outcome of await Promise.all(asked)) errorOf(outcome);
  valueOf(await last);
  assert.ok(linesSeen().every((line) => !line.includes("manifests/6")));
});

test("cancelling ends a request that hangs, and is not remembered", async () => {
  registry.add("acme/app:1", image);
  registry.interfere = () => true;
  const registries = openRegistries(optionsFor());
  const name = `${registry.host}/acme/app:1`;
  const error = errorOf(await registries.lookUp(name, amd64, AbortSignal.timeout(100)));
  assert.equal(error.code, "cancelled");
  registry.interfere = () => false;
  valueOf(await registries.lookUp(name, amd64, AbortSignal.timeout(20_000)));
});

test("a registry that does not answer in time is given up", async () => {
  registry.interfere = () => true;
  assert.equal(
    await sentenceOf(lookUp("acme/app:1", { timeoutMs: 200 })),
    "The registry HOST gives no answer of use (no answer within 0.2 s): try again later, or switch the setting tare.registry off.",
  );
});

test("trouble is told in one sentence", async () => {
  registry.add("acme/app:1", image);
  const rows: readonly (readonly [FakeRegistry["interfere"], RegExp])[] = [
    [(_, response) => sendStatus(response, 404), /^HOST\/acme\/app:1 is not in HOST: /],
    [
      (_, response) => sendStatus(response, 403),
      /^HOST\/acme\/app:1 is not in what HOST shows without a login: /,
    ],
    [
      (_, response) => sendStatus(response, 429, { "retry-after": "120" }),
      /\(it was asked too often and asks to wait 120 s\)/,
    ],
    [(_, response) => sendStatus(response, 500), /\(it answers with status 500\)/],
    [
      (_, response) => response.destroy() !== undefined,
      /^The registry HOST gives no answer of use/,
    ],
    [
      ({ method }, response) => method === "GET" && response.end("<html>") !== undefined,
      /^HOST\/acme\/app:1 holds no image/,
    ],
    [
      ({ url }, response) => url?.includes("/blobs/") === true && response.end("{}") !== undefined,
      /what it sends for sha256:\w+ is not that/,
    ],
    [
      ({ method }, response) => method === "GET" && response.end(Buffer.alloc(5e6)) !== undefined,
      /goes past the limit of 4194304 bytes/,
    ],
  ];
  for (const [interfere, expected] of rows) {
    registry.interfere = interfere;
    assert.match(await sentenceOf(lookUp("acme/app:1")), expected);
  }
});

test("a manifest that is not one of an image is refused", async () => {
  for (const [manifest, code] of [
    [{ schemaVersion: 1 }, "media-type-unsupported"],
    [{ manifests: [], layers: [] }, "manifest-invalid"],
    [{ manifests: [] }, "image-not-found"],
    [[], "manifest-invalid"],
    [{ config: { digest: "sha256:../../x" }, layers: [] }, "manifest-invalid"],
    [
      {
        config: {
          digest: `sha256:${"a".repeat(64)}`,
          mediaType: "application/vnd.cncf.helm.config.v1+json",
        },
        layers: [],
      },
      "media-type-unsupported",
    ],
  ] as const) {
    registry.interfere = ({ url, method }, response) => {
      if (url?.includes("/manifests/") !== true) return false;
      return method === "HEAD"
        ? sendStatus(response, 200)
        : response.end(JSON.stringify(manifest)) !== undefined;
    };
    assert.equal(errorOf(await lookUp("acme/app:1")).code, code, JSON.stringify(manifest));
  }
});

test("what is no name is asked for nowhere", async () => {
  const registries = openRegistries(optionsFor());
  for (const name of ["", "Upper", "a b", "../x", "x@sha256:1"]) {
    assert.equal(
      errorOf(await registries.lookUp(name, amd64, AbortSignal.timeout(5000))).code,
      "image-not-found",
    );
  }
});

/** Asks for a token as Docker Hub does, gives it to whoever is let in, and then wants it. */
function wantToken(letIn: (authorization: string | undefined, body: string) => boolean): void {
  registry.interfere = (request, response, body) => {
    const url = new URL(request.url ?? "", `http://${registry.host}`);
    if (url.pathname === "/token") {
      const isIn = letIn(request.headers.authorization, body);
      if (!isIn) return sendStatus(response, 401);
      response.end(JSON.stringify({ token: "abc", expires_in: 300 }));
      return true;
    }
    if (request.headers.authorization === "Bearer abc") return false;
    const realm = `Bearer realm="http://${registry.host}/token",service="fake",scope="repository:acme/app:pull"`;
    return sendStatus(response, 401, { "www-authenticate": realm });
  };
}

test("a token is fetched without a login where none is known, once for a repository", async () => {
  registry.add("acme/app:1", image);
  wantToken((authorization) => authorization === undefined);
  valueOf(await lookUp("acme/app:1"));
  assert.deepEqual(
    linesSeen().filter((line) => line.includes("/token")),
    ["GET /token?service=fake&scope=repository%3Aacme%2Fapp%3Apull"],
  );
});

test("the login of config.json is used for its registry, and the token's server alone sees it", async () => {
  registry.add("acme/app:1", image);
  const auth = Buffer.from("jo:se:cret").toString("base64");
  const environment = await aConfig({ auths: { [registry.host]: { auth } } });
  wantToken((authorization) => authorization === `Basic ${auth}`);
  valueOf(await lookUp("acme/app:1", { environment }));
  const basic = registry.requests.filter(({ authorization }) => authorization?.startsWith("Basic"));
  assert.deepEqual(
    basic.map(({ line }) => line.split("?")[0]),
    ["GET /token"],
  );
  const other = await aConfig({ auths: { "other.example": { auth } } });
  assert.match(
    await sentenceOf(lookUp("acme/app:1", { environment: other })),
    /not in what HOST shows without a login/,
  );
});

test("a login that is refused does not stand in the way of a public image", async () => {
  registry.add("acme/app:1", image);
  const auth = Buffer.from("jo:old").toString("base64");
  wantToken((authorization) => authorization === undefined);
  valueOf(
    await lookUp("acme/app:1", {
      environment: await aConfig({ auths: { [registry.host]: { auth } } }),
    }),
  );
});

test("an identity token is exchanged", async () => {
  registry.add("acme/app:1", image);
  const environment = await aConfig({ auths: { [registry.host]: { identitytoken: "id&1" } } });
  wantToken((_, body) => new URLSearchParams(body).get("refresh_token") === "id&1");
  valueOf(await lookUp("acme/app:1", { environment }));
});

test("a credential helper is asked, for its registry or for all", async () => {
  registry.add("acme/app:1", image);
  const said = `read -r server; [ "$server" = "${registry.host}" ] && echo '{"Username":"jo","Secret":"x"}'`;
  const path = await aHelper("test", said);
  wantToken((authorization) => authorization === `Basic ${Buffer.from("jo:x").toString("base64")}`);
  for (const config of [{ credHelpers: { [registry.host]: "test" } }, { credsStore: "test" }]) {
    const environment = { ...(await aConfig(config)), ...path };
    valueOf(await lookUp("acme/app:1", { environment }));
  }
});

test("a helper that fails, is not there or is no name of a program gives no login", async () => {
  registry.add("acme/app:1", image);
  wantToken((authorization) => authorization === undefined);
  const path = await aHelper("bad", "echo 'credentials not found' >&2; exit 1");
  await mkdir(join(folder, "evil"), { recursive: true });
  for (const helper of ["bad", "absent", "../evil", "a b", ""]) {
    const environment = {
      ...(await aConfig({ credHelpers: { [registry.host]: helper } })),
      ...path,
    };
    valueOf(await lookUp("acme/app:1", { environment }));
  }
});

test("a registry that wants Basic gets it", async () => {
  registry.add("acme/app:1", image);
  const auth = Buffer.from("jo:x").toString("base64");
  registry.interfere = (request, response) =>
    request.headers.authorization !== `Basic ${auth}` &&
    sendStatus(response, 401, { "www-authenticate": 'Basic realm="r"' });
  const environment = await aConfig({ auths: { [`http://${registry.host}`]: { auth } } });
  valueOf(await lookUp("acme/app:1", { environment }));
  assert.equal(errorOf(await lookUp("acme/app:1")).code, "image-not-found");
});

test("a token's server without TLS elsewhere is not talked to", async () => {
  const auth = Buffer.from("jo:x").toString("base64");
  const environment = await aConfig({ auths: { [registry.host]: { auth } } });
  registry.interfere = (_, response) =>
    sendStatus(response, 401, { "www-authenticate": 'Bearer realm="http://192.0.2.1/token"' });
  assert.equal(
    errorOf(await lookUp("acme/app:1", { environment, timeoutMs: 3000 })).code,
    "image-not-found",
  );
});

test("a redirect is followed without the token, and never to an address without TLS", async () => {
  registry.add("acme/app:1", image);
  const store = await startFakeRegistry();
  const auth = Buffer.from("jo:x").toString("base64");
  const environment = await aConfig({ auths: { [registry.host]: { auth } } });
  let place = `http://${store.host}`;
  registry.interfere = (request, response) => {
    if (request.headers.authorization === undefined) {
      return sendStatus(response, 401, { "www-authenticate": "Basic" });
    }
    const isBlob = request.url?.includes("/blobs/") === true;
    return isBlob && sendStatus(response, 307, { location: `${place}${request.url ?? ""}` });
  };
  for (const [digest, bytes] of registry.blobs) store.blobs.set(digest, bytes);
  valueOf(await lookUp("acme/app:1", { environment }));
  assert.deepEqual(
    store.requests.map(({ authorization }) => authorization),
    [undefined],
  );
  await store.stop();
  place = "http://192.0.2.1";
  assert.match(await sentenceOf(lookUp("acme/app:1", { environment })), /an address without TLS/);
  place = `http://${registry.host}`;
  assert.match(
    await sentenceOf(lookUp("acme/app:1", { environment })),
    /from one address to the next/,
  );
});

test("nobody there is told as such", async () => {
  const gone = registry.host;
  await registry.stop();
  registry = await startFakeRegistry();
  const registries = openRegistries(optionsFor());
  const outcome = await registries.lookUp(`${gone}/acme/app`, amd64, AbortSignal.timeout(20_000));
  assert.match(describeImageError(errorOf(outcome)), /connection refused/);
});
