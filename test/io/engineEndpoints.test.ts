import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { createServer as createPlainServer } from "node:http";
import { join } from "node:path";
import { suite, test } from "node:test";
import { describeImageError } from "../../server/src/core/image/imageError.ts";
import { connectEngine } from "../../server/src/io/dockerEngine.ts";
import { findEndpoints, type EngineSearch } from "../../server/src/io/engineEndpoints.ts";
import { installPackages, runProgram } from "../machine/engine.ts";
import { shortTimeouts, startFakeEngine } from "./fakeEngine.ts";
import { errorOf, valueOf, withFolder } from "./openedImage.ts";

type Environment = Readonly<Record<string, string>>;

suite("where an engine is looked for", () => {
  const folder = withFolder();

  async function addressesOf(
    environment: Environment,
    more: Partial<EngineSearch> = {},
  ): Promise<unknown> {
    const search = { environment, homeFolder: folder(), platform: "linux" as const, ...more };
    return valueOf(await findEndpoints(search)).map(({ connection }) => connection);
  }

  const socket = (path: string): unknown => ({ kind: "socket", path });

  test("the setting, before DOCKER_HOST, before DOCKER_CONTEXT", async () => {
    const environment = { DOCKER_HOST: "unix:///env.sock", DOCKER_CONTEXT: "none" };
    assert.deepEqual(await addressesOf(environment, { endpoint: "unix:///set.sock" }), [
      socket("/set.sock"),
    ]);
    assert.deepEqual(await addressesOf(environment), [socket("/env.sock")]);
    assert.deepEqual(await addressesOf(environment, { endpoint: " " }), [socket("/env.sock")]);
  });

  test("addresses of every form", async () => {
    const rows: readonly (readonly [string, unknown])[] = [
      ["/var/run/x.sock", socket("/var/run/x.sock")],
      ["unix://", socket("/var/run/docker.sock")],
      ["npipe:////./pipe/docker_engine", socket("//./pipe/docker_engine")],
      [String.raw`npipe://\\.\pipe\x`, socket("//./pipe/x")],
      ["tcp://box:1234", { kind: "tcp", host: "box", port: 1234 }],
      ["tcp://box", { kind: "tcp", host: "box", port: 2375 }],
      ["box:1234", { kind: "tcp", host: "box", port: 1234 }],
      ["tcp://[::1]:80", { kind: "tcp", host: "::1", port: 80 }],
      ["http://box:1", { kind: "tcp", host: "box", port: 1 }],
      ["https://box", { kind: "tcp", host: "box", port: 2376, tls: { isVerified: true } }],
      ["ssh://box", { kind: "ssh", words: ["--", "box"] }],
      [
        "ssh://me@box:22022/run/docker.sock",
        {
          kind: "ssh",
          words: ["-l", "me", "-p", "22022", "--", "box"],
          remoteSocket: "/run/docker.sock",
        },
      ],
    ];
    for (const [endpoint, expected] of rows) {
      assert.deepEqual(await addressesOf({}, { endpoint }), [expected], endpoint);
    }
  });

  test("addresses that are none say why", async () => {
    const rows = [
      ["fd://", "addresses of the form fd:// are not supported"],
      ["tcp://", "the address is not host:port"],
      ["tcp://a b", "the address is not host:port"],
      ["ssh://", "the address is not ssh://user@host"],
      ["ssh://me:secret@box", "a password in the address is not supported"],
      ["ssh://-oProxyCommand=x", "the host is not valid"],
    ] as const;
    for (const [endpoint, reason] of rows) {
      const search = {
        endpoint,
        environment: {},
        homeFolder: folder(),
        platform: "linux" as const,
      };
      const error = errorOf(await findEndpoints(search));
      assert.deepEqual(error, { code: "engine-unreachable", endpoint, reason });
    }
  });

  test("certificates of DOCKER_CERT_PATH, where TLS is on", async () => {
    const certificates = await mkdtemp(join(folder(), "certs-"));
    for (const name of ["ca", "cert", "key"])
      await writeFile(join(certificates, `${name}.pem`), name);
    const tls = { ca: "ca", certificate: "cert", key: "key" };
    const environment = { DOCKER_HOST: "tcp://box", DOCKER_CERT_PATH: certificates };
    assert.deepEqual(await addressesOf(environment), [{ kind: "tcp", host: "box", port: 2375 }]);
    assert.deepEqual(await addressesOf({ ...environment, DOCKER_TLS_VERIFY: "1" }), [
      { kind: "tcp", host: "box", port: 2376, tls: { ...tls, isVerified: true } },
    ]);
    assert.deepEqual(await addressesOf({ ...environment, DOCKER_TLS: "1" }), [
      { kind: "tcp", host: "box", port: 2376, tls: { ...tls, isVerified: false } },
    ]);
  });

  async function writeContext(config: string, name: string, docker: unknown): Promise<string> {
    const id = createHash("sha256").update(name).digest("hex");
    await mkdir(join(config, "contexts/meta", id), { recursive: true });
    await writeFile(
      join(config, "contexts/meta", id, "meta.json"),
      JSON.stringify({ Name: name, Endpoints: { docker } }),
    );
    return join(config, "contexts/tls", id, "docker");
  }

  test("the docker context in use, with its certificates", async () => {
    const config = await mkdtemp(join(folder(), "config-"));
    await writeContext(config, "desktop-linux", { Host: "unix:///desktop.sock" });
    const tlsFolder = await writeContext(config, "far", { Host: "tcp://far:2376" });
    await writeContext(config, "lax", { Host: "tcp://lax:2376", SkipTLSVerify: true });
    await writeContext(config, "void", {});
    await mkdir(tlsFolder, { recursive: true });
    await writeFile(join(tlsFolder, "ca.pem"), "ca");
    const current = (name: string): Promise<void> =>
      writeFile(join(config, "config.json"), JSON.stringify({ currentContext: name, auths: {} }));
    const environment = { DOCKER_CONFIG: config };
    await current("desktop-linux");
    assert.deepEqual(await addressesOf(environment), [socket("/desktop.sock")]);
    assert.deepEqual(await addressesOf({ ...environment, DOCKER_CONTEXT: "far" }), [
      { kind: "tcp", host: "far", port: 2376, tls: { ca: "ca", isVerified: true } },
    ]);
    assert.deepEqual(await addressesOf({ ...environment, DOCKER_CONTEXT: "lax" }), [
      { kind: "tcp", host: "lax", port: 2376, tls: { isVerified: false } },
    ]);
    for (const [name, reason] of [
      ["gone", "there is no such context"],
      ["void", "the context names no engine"],
    ] as const) {
      await current(name);
      const search = { environment, homeFolder: folder(), platform: "linux" as const };
      assert.deepEqual(errorOf(await findEndpoints(search)), {
        code: "engine-unreachable",
        endpoint: `docker context ${name}`,
        reason,
      });
    }
  });

  test("the usual sockets that exist, when nothing was chosen", async () => {
    const home = await mkdtemp(join(folder(), "h-"));
    for (const place of [".docker/run", ".colima/default", "run/podman"]) {
      await mkdir(join(home, place), { recursive: true });
    }
    await writeFile(join(home, ".docker/config.json"), '{"currentContext":"default"}');
    await writeFile(join(home, ".docker/run/docker.sock"), "a file is no socket");
    const servers = [".colima/default/docker.sock", "run/podman/podman.sock"].map((place) =>
      createPlainServer().listen(join(home, place)),
    );
    const found = await addressesOf({ XDG_RUNTIME_DIR: join(home, "run") }, { homeFolder: home });
    for (const server of servers) server.close();
    const own = (found as { path: string }[]).filter(({ path }) => path.startsWith(home));
    assert.deepEqual(own, [
      socket(join(home, ".colima/default/docker.sock")),
      socket(join(home, "run/podman/podman.sock")),
    ]);
  });
});

suite("reaching an engine", () => {
  const folder = withFolder();

  async function troubleAt(endpoint: string, environment: Environment = {}): Promise<string> {
    const search = { endpoint, environment, homeFolder: folder(), platform: "linux" as const };
    const signal = AbortSignal.timeout(10_000);
    return describeImageError(errorOf(await connectEngine(search, signal, shortTimeouts)));
  }

  test("says what is wrong with a dead one", async () => {
    assert.equal(
      await troubleAt("unix:///nowhere.sock"),
      "No container engine answers at unix:///nowhere.sock (no socket there): start it, or set DOCKER_HOST or the setting tare.engine.endpoint.",
    );
    assert.match(await troubleAt("tcp://127.0.0.1:1"), /\(connection refused\)/);
    assert.match(await troubleAt("tcp://[::1]:1"), /\(connection refused|\(.*\)/);
  });

  test("is not confused by what the environment says", async () => {
    const engine = await startFakeEngine(folder(), {});
    const before = { ...process.env };
    Object.assign(process.env, { DOCKER_HOST: "tcp://127.0.0.1:1", DOCKER_TLS_VERIFY: "1" });
    try {
      const search = {
        endpoint: engine.endpoint,
        environment: {},
        homeFolder: folder(),
        platform: "linux" as const,
      };
      const found = valueOf(await connectEngine(search, AbortSignal.timeout(5_000)));
      assert.equal(found.address, engine.endpoint);
    } finally {
      for (const name of ["DOCKER_HOST", "DOCKER_TLS_VERIFY"]) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
      await engine.stop();
    }
  });

  test("tells Docker from Podman", async () => {
    const headers = { "Libpod-API-Version": "4.3.1", "Api-Version": "1.41" };
    const engine = await startFakeEngine(folder(), {}, headers);
    const search = {
      endpoint: engine.endpoint,
      environment: {},
      homeFolder: "/",
      platform: "linux" as const,
    };
    const found = valueOf(await connectEngine(search, AbortSignal.timeout(5_000)));
    await engine.stop();
    assert.deepEqual([found.kind, found.apiVersion], ["podman", "1.41"]);
  });

  test("goes through the user's ssh, and repeats what that says", async () => {
    const engine = await startFakeEngine(folder(), {});
    const bin = await mkdtemp(join(folder(), "bin-"));
    const socketPath = engine.endpoint.slice("unix://".length);
    // An ssh that reaches the fake engine, and writes down how it was called.
    const script = `#!${process.execPath}
const { appendFileSync } = require("node:fs");
appendFileSync(${JSON.stringify(join(bin, "called"))}, process.argv.slice(2).join(" ") + "\\n");
if (process.argv.includes("closed")) { console.error("Permission denied (publickey)."); process.exit(255); }
const socket = require("node:net").connect(${JSON.stringify(socketPath)});
process.stdin.pipe(socket).pipe(process.stdout);
`;
    await writeFile(join(bin, "ssh"), script);
    await chmod(join(bin, "ssh"), 0o755);
    const path = process.env["PATH"];
    process.env["PATH"] = `${bin}:${path ?? ""}`;
    try {
      const search = {
        endpoint: "ssh://me@box",
        environment: {},
        homeFolder: folder(),
        platform: "linux" as const,
      };
      const found = valueOf(await connectEngine(search, AbortSignal.timeout(10_000)));
      const answer = await found.readJson("/images/x/json", {}, AbortSignal.timeout(10_000));
      assert.ok(!answer.ok && answer.error.status === 404);
      assert.match(
        await readFile(join(bin, "called"), "utf8"),
        /^-o BatchMode=yes -o ConnectTimeout=10 -T -l me -- box docker system dial-stdio\n/,
      );
      const closed = { ...search, endpoint: "ssh://closed" };
      const error = errorOf(await connectEngine(closed, AbortSignal.timeout(10_000)));
      assert.match(describeImageError(error), /\(Permission denied \(publickey\)\.\)/);
    } finally {
      process.env["PATH"] = path;
      await engine.stop();
    }
  });
});

suite("an engine behind TLS", () => {
  const folder = withFolder();

  /** A certificate authority with a server and a client of its own, as `docker` wants them in one folder. */
  async function writeCertificates(name: string): Promise<string> {
    const place = join(folder(), name);
    await mkdir(place, { recursive: true });
    const openssl = (...words: readonly string[]): Promise<unknown> => runProgram("openssl", words);
    const at = (file: string): string => join(place, file);
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    await openssl(
      "req",
      "-x509",
      ...key,
      "-keyout",
      at("ca-key.pem"),
      "-out",
      at("ca.pem"),
      "-subj",
      `/CN=${name}`,
      "-days",
      "2",
    );
    await writeFile(at("server.ext"), "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
    await writeFile(at("client.ext"), "extendedKeyUsage=clientAuth\n");
    for (const [role, file] of [
      ["server", "server"],
      ["client", "cert"],
    ] as const) {
      await openssl(
        "req",
        "-new",
        ...key,
        "-keyout",
        at(`${role}-key.pem`),
        "-out",
        at(`${role}.csr`),
        "-subj",
        `/CN=${role}`,
      );
      await openssl(
        "x509",
        "-req",
        "-in",
        at(`${role}.csr`),
        "-CA",
        at("ca.pem"),
        "-CAkey",
        at("ca-key.pem"),
        "-CAcreateserial",
        "-out",
        at(`${file}.pem`),
        "-days",
        "2",
        "-extfile",
        at(`${role}.ext`),
      );
    }
    await writeFile(at("key.pem"), await readFile(at("client-key.pem")));
    return place;
  }

  async function startServer(
    certificates: string,
  ): Promise<{ readonly server: Server; readonly address: string }> {
    const file = (name: string): Promise<Buffer> => readFile(join(certificates, name));
    const options = {
      key: await file("server-key.pem"),
      cert: await file("server.pem"),
      ca: await file("ca.pem"),
      requestCert: true,
      rejectUnauthorized: true,
    };
    const server = createServer(options, (_, response) => response.end("OK"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return { server, address: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  test("answers those with its certificates, and no one else", async (context) => {
    if ((await installPackages({ openssl: "openssl" })) !== undefined)
      return context.skip("no openssl");
    const own = await writeCertificates("own");
    const strange = await writeCertificates("strange");
    const { server, address } = await startServer(own);
    const connect = (environment: Environment): ReturnType<typeof connectEngine> =>
      connectEngine(
        {
          environment: { DOCKER_HOST: address, ...environment },
          homeFolder: folder(),
          platform: "linux",
        },
        AbortSignal.timeout(10_000),
      );
    try {
      const verified = { DOCKER_TLS_VERIFY: "1" };
      valueOf(await connect({ ...verified, DOCKER_CERT_PATH: own }));
      for (const environment of [
        {},
        { ...verified, DOCKER_CERT_PATH: strange },
        { ...verified, DOCKER_CERT_PATH: join(folder(), "none") },
      ]) {
        const error = errorOf(await connect(environment));
        assert.equal(error.code, "engine-unreachable");
        assert.ok(!describeImageError(error).includes("\n"));
      }
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
