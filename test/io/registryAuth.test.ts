import assert from "node:assert/strict";
import { test } from "node:test";
import { parseChallenge } from "../../server/src/io/registryAuth.ts";
import { isSafe } from "../../server/src/io/registryHttp.ts";
import { isLoopback, parseRegistryName } from "../../server/src/io/registryName.ts";

test("challenges are read as registries write them, Bearer before Basic", () => {
  for (const [header, expected] of [
    [
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/node:pull"',
      "https://auth.docker.io/token registry.docker.io repository:library/node:pull",
    ],
    ['bearer realm="https://ghcr.io/token", service="ghcr.io"', "https://ghcr.io/token ghcr.io -"],
    ['Basic realm="x", Bearer realm="https://a/t"', "https://a/t - -"],
    ["Bearer realm=https://a/t,service=s", "https://a/t s -"],
    ['Bearer service="a",realm="https://a/t?x=\\"1\\""', 'https://a/t?x="1" a -'],
    ['Basic realm="Registry"', "basic"],
    ["basic", "basic"],
    ['Bearer service="a"', "none"],
    ["Negotiate abc", "none"],
    ["", "none"],
  ] as const) {
    const challenge = parseChallenge(header);
    const shown =
      challenge?.kind === "bearer"
        ? `${challenge.realm} ${challenge.service ?? "-"} ${challenge.scope ?? "-"}`
        : (challenge?.kind ?? "none");
    assert.equal(shown, expected, header);
  }
});

test("a name says which registry is asked for what", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  for (const [name, expected] of [
    ["node", "registry-1.docker.io library/node latest"],
    ["docker.io/library/node:20", "registry-1.docker.io library/node 20"],
    ["index.docker.io/acme/app:1", "registry-1.docker.io acme/app 1"],
    ["ghcr.io/acme/team/app:1.2", "ghcr.io acme/team/app 1.2"],
    ["localhost:5000/app", "localhost:5000 app latest"],
    ["[::1]:5000/app", "[::1]:5000 app latest"],
    [`node:20@${digest}`, `registry-1.docker.io library/node ${digest}`],
    [`ghcr.io/a/b@${digest}`, `ghcr.io a/b ${digest}`],
    ["a b", "none"],
    ["../../x", "none"],
    ["ghcr.io/../x", "none"],
    ["x:y:z", "none"],
  ] as const) {
    const parsed = parseRegistryName(name);
    const shown =
      parsed === undefined ? "none" : `${parsed.host} ${parsed.repository} ${parsed.reference}`;
    assert.equal(shown, expected, name);
  }
});

test("only this machine is talked to without TLS", () => {
  for (const host of ["localhost", "localhost:5000", "127.0.0.1:5000", "127.9.9.9", "[::1]:5000"]) {
    assert.ok(isLoopback(host), host);
    assert.ok(isSafe(new URL(`http://${host}/v2/`)), host);
  }
  for (const host of [
    "localhost.evil.example",
    "127.0.0.1.nip.io",
    "10.0.0.1",
    "1270.0.0.1",
    "[::2]",
  ]) {
    assert.ok(!isLoopback(host), host);
  }
  assert.ok(!isSafe(new URL("http://registry.example/v2/")));
  assert.ok(isSafe(new URL("https://registry.example/v2/")));
  assert.ok(!isSafe(new URL("file:///etc/passwd")));
});
