import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { parseImageConfig } from "../../../server/src/core/image/imageConfig.ts";

const diffId = `sha256:${"1".repeat(64)}`;

function checkConfig(value: unknown, expected: unknown): void {
  const parsed = parseImageConfig(JSON.stringify(value), "here");
  assert.ok(parsed.ok, JSON.stringify(parsed));
  assert.deepEqual(parsed.value, expected);
}

function checkRefused(text: string, reason: string): void {
  assert.deepEqual(parseImageConfig(text, "here"), {
    ok: false,
    error: { code: "config-invalid", where: "here", reason },
  });
}

const nothingSet = { env: [], exposedPorts: [], volumes: [], labels: {}, onBuild: [] };

suite("an image config", () => {
  test("is read with all its parts", () =>
    checkConfig(
      {
        os: "linux",
        architecture: "arm64",
        variant: "v8",
        created: "2026-01-01T00:00:00Z",
        config: {
          Entrypoint: ["/app"],
          Cmd: ["--help"],
          Env: ["A=1"],
          User: "65532",
          WorkingDir: "/srv",
          Shell: ["/bin/bash", "-c"],
          ExposedPorts: { "80/tcp": {} },
          Volumes: { "/data": {} },
          Labels: { a: "b", __proto__x: "c" },
          StopSignal: "SIGINT",
          Healthcheck: { Test: ["CMD", "true"], Interval: 3 },
          OnBuild: ["RUN x"],
        },
        rootfs: { type: "layers", diff_ids: [diffId] },
        history: [
          { created_by: "COPY a /", comment: "c", created: "2026-01-01T00:00:00Z" },
          { created_by: "ENV A=1", empty_layer: true },
          {},
        ],
      },
      {
        created: "2026-01-01T00:00:00Z",
        platform: { os: "linux", architecture: "arm64", variant: "v8" },
        settings: {
          entrypoint: ["/app"],
          cmd: ["--help"],
          user: "65532",
          workingDir: "/srv",
          shell: ["/bin/bash", "-c"],
          stopSignal: "SIGINT",
          healthcheckTest: ["CMD", "true"],
          env: ["A=1"],
          exposedPorts: ["80/tcp"],
          volumes: ["/data"],
          labels: { a: "b", __proto__x: "c" },
          onBuild: ["RUN x"],
        },
        diffIds: [diffId],
        history: [
          {
            createdBy: "COPY a /",
            comment: "c",
            created: "2026-01-01T00:00:00Z",
            emptyLayer: false,
          },
          { createdBy: "ENV A=1", emptyLayer: true },
          { emptyLayer: false },
        ],
      },
    ));

  test("may leave out nearly everything, or say null", () => {
    const expected = {
      platform: { os: "unknown", architecture: "unknown" },
      settings: nothingSet,
      diffIds: [],
      history: [],
    };
    checkConfig({ rootfs: {} }, expected);
    checkConfig(
      { rootfs: { diff_ids: null }, history: null, config: null, created: null },
      expected,
    );
    checkConfig({ rootfs: {}, config: { Cmd: null, User: "", WorkingDir: "" } }, expected);
  });

  test("may have a lone string where old builders wrote one", () =>
    checkConfig(
      { rootfs: {}, config: { Entrypoint: "/app" } },
      {
        platform: { os: "unknown", architecture: "unknown" },
        settings: { entrypoint: ["/app"], ...nothingSet },
        diffIds: [],
        history: [],
      },
    ));

  test("is refused with a precise reason", () => {
    checkRefused("", "it is not JSON");
    checkRefused("null", "it is null");
    checkRefused("[]", "it is not an object");
    checkRefused("{}", "rootfs is missing");
    checkRefused('{"rootfs":{"diff_ids":"x"}}', "diff_ids is not an array");
    checkRefused('{"rootfs":{"diff_ids":["x"]}}', "x is not a diffId");
    checkRefused('{"rootfs":{"diff_ids":[1]}}', "diff_ids holds something that is not a string");
    checkRefused('{"rootfs":{},"history":[1]}', "history row 0 is not an object");
    checkRefused('{"rootfs":{},"history":{}}', "history is not an array");
    checkRefused('{"rootfs":{},"config":{"Env":[1]}}', "Env holds something that is not a string");
    checkRefused('{"rootfs":{},"config":[]}', "config is not an object");
    checkRefused('{"rootfs":{},"os":1}', "os is not a string");
    checkRefused(
      '{"rootfs":{},"config":{"Labels":{"a":1}}}',
      "Labels holds something that is not a string",
    );
    checkRefused(
      JSON.stringify({ rootfs: { diff_ids: Array.from({ length: 5000 }, () => diffId) } }),
      "it has more than 4096 layers",
    );
  });

  test("never throws, whatever the JSON", () =>
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (config, history) => {
        parseImageConfig(JSON.stringify({ rootfs: {}, config, history }), "here");
        parseImageConfig(JSON.stringify(config), "here");
      }),
    ));
});
