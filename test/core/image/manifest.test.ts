import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import {
  choosePlatform,
  isAttestation,
  isForeignLayer,
  isRefusedMediaType,
  namesOf,
  parseArchiveManifest,
  parseManifest,
  parsePlatform,
  type Descriptor,
} from "../../../server/src/core/image/manifest.ts";

const digest = `sha256:${"a".repeat(64)}`;
const other = `sha256:${"b".repeat(64)}`;

function checkInvalid(value: unknown, reason: string): void {
  assert.deepEqual(parseManifest(JSON.stringify(value), "here"), {
    ok: false,
    error: { code: "manifest-invalid", where: "here", reason },
  });
}

suite("manifests and indexes", () => {
  test("a manifest names its config and layers", () => {
    const parsed = parseManifest(
      JSON.stringify({
        schemaVersion: 2,
        config: { digest, size: 7, mediaType: "application/vnd.oci.image.config.v1+json" },
        layers: [{ digest: other, size: 9, annotations: { a: "b" } }],
      }),
      "here",
    );
    assert.deepEqual(parsed, {
      ok: true,
      value: {
        kind: "manifest",
        config: {
          digest,
          mediaType: "application/vnd.oci.image.config.v1+json",
          blobBytes: 7,
          annotations: {},
        },
        layers: [{ digest: other, blobBytes: 9, annotations: { a: "b" } }],
      },
    });
  });

  test("an index names manifests, with platforms and names", () => {
    const parsed = parseManifest(
      JSON.stringify({
        manifests: [
          {
            digest,
            platform: { os: "linux", architecture: "arm", variant: "v7" },
            annotations: {
              "org.opencontainers.image.ref.name": "1",
              "io.containerd.image.name": "docker.io/library/a:1",
            },
          },
        ],
      }),
      "here",
    );
    assert.ok(parsed.ok && parsed.value.kind === "index");
    const [first] = parsed.value.manifests;
    assert.deepEqual(first?.platform, { os: "linux", architecture: "arm", variant: "v7" });
    assert.deepEqual(namesOf(first), ["docker.io/library/a:1", "1"]);
  });

  test("are refused with a precise reason", () => {
    checkInvalid({ layers: [] }, "config has no valid digest");
    checkInvalid({ config: { digest: "md5:1" }, layers: [] }, "config has no valid digest");
    checkInvalid({ config: { digest }, layers: [{}] }, "layer 0 has no valid digest");
    checkInvalid({ manifests: [{ digest: "../../etc" }] }, "manifest 0 has no valid digest");
    checkInvalid({ manifests: {} }, "manifests is not an array");
    checkInvalid({ config: { digest, size: -1 } }, "size is not a number of bytes");
    checkInvalid({ config: { digest, size: 1e300 } }, "size is not a number of bytes");
    checkInvalid(
      { manifests: [], layers: [], config: { digest } },
      "it is an index and a manifest at once",
    );
    checkInvalid(
      { manifests: Array.from({ length: 5000 }, () => ({ digest })) },
      "it lists more than 4096 manifests",
    );
  });

  test("the first schema of Docker is named as what it is", () =>
    assert.deepEqual(parseManifest('{"schemaVersion":1,"fsLayers":[]}', "here"), {
      ok: false,
      error: {
        code: "media-type-unsupported",
        where: "here",
        mediaType: "application/vnd.docker.distribution.manifest.v1+json",
      },
    }));

  test("never throw, whatever the JSON", () =>
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const text of [
          JSON.stringify(value),
          JSON.stringify({ manifests: [value] }),
          JSON.stringify({ config: value, layers: value }),
        ]) {
          parseManifest(text, "here");
          parseArchiveManifest(text, "here");
        }
      }),
    ));
});

suite("the manifest.json of a saved archive", () => {
  test("lists images with names and layers", () =>
    assert.deepEqual(
      parseArchiveManifest(
        '[{"Config":"c.json","RepoTags":["a:1"],"Layers":["l/layer.tar"]},{"Config":"d.json","RepoTags":null,"Layers":null}]',
        "here",
      ),
      {
        ok: true,
        value: [
          { configPath: "c.json", names: ["a:1"], layerPaths: ["l/layer.tar"] },
          { configPath: "d.json", names: [], layerPaths: [] },
        ],
      },
    ));

  test("must list an image and its config", () => {
    const rows = [
      ["[]", "it lists no image"],
      ["{}", "it is not an array"],
      ["[{}]", "entry 0 names no config"],
      ['[{"Config":"c","Layers":[1]}]', "Layers holds something that is not a string"],
      ["", "it is not JSON"],
    ] as const;
    for (const [text, reason] of rows) {
      assert.deepEqual(parseArchiveManifest(text, "here"), {
        ok: false,
        error: { code: "manifest-invalid", where: "here", reason },
      });
    }
  });
});

function descriptorFor(platform: string | undefined, mediaType?: string): Descriptor {
  return {
    digest,
    annotations: {},
    ...(platform === undefined ? {} : { platform: parsePlatform(platform)! }),
    ...(mediaType === undefined ? {} : { mediaType }),
  };
}

suite("choosing a platform", () => {
  const preferred = { os: "linux", architecture: "amd64" };
  const arm = descriptorFor("linux/arm64/v8");
  const amd = descriptorFor("linux/amd64");
  const any = descriptorFor(undefined);

  test("takes the preferred one, else the first", () => {
    assert.equal(choosePlatform([arm, amd], { preferred }), amd);
    assert.equal(choosePlatform([arm], { preferred }), arm);
    assert.equal(choosePlatform([], { preferred }), undefined);
  });

  test("takes only the required one, with any variant where none is asked for", () => {
    const required = parsePlatform("linux/arm64")!;
    assert.equal(choosePlatform([amd, arm], { preferred, required }), arm);
    assert.equal(choosePlatform([amd], { preferred, required }), undefined);
    assert.equal(choosePlatform([amd, any], { preferred, required }), any);
    const other = parsePlatform("linux/arm64/v9")!;
    assert.equal(choosePlatform([arm], { preferred, required: other }), undefined);
  });

  test("platforms are written os/architecture/variant", () => {
    assert.deepEqual(parsePlatform("Linux/ARM/v7"), {
      os: "linux",
      architecture: "arm",
      variant: "v7",
    });
    assert.equal(parsePlatform("linux"), undefined);
    assert.equal(parsePlatform("linux/a/b/c"), undefined);
  });
});

test("attestations are no images", () => {
  const unknown = { os: "unknown", architecture: "unknown" };
  assert.ok(isAttestation({ digest, annotations: {}, platform: unknown }));
  assert.ok(isAttestation({ digest, annotations: { "vnd.docker.reference.type": "x" } }));
  assert.ok(!isAttestation(descriptorFor("linux/amd64")));
});

test("media types that are none of an image are refused, unknown ones in layers too", () => {
  const layers = [
    "application/vnd.oci.image.layer.v1.tar",
    "application/vnd.oci.image.layer.v1.tar+gzip",
    "application/vnd.oci.image.layer.v1.tar+zstd",
    "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
    "application/vnd.docker.image.rootfs.diff.tar.gzip",
    "application/vnd.docker.image.rootfs.diff.tar.zstd",
    "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
    "application/vnd.docker.image.rootfs.diff.tar",
  ];
  for (const layer of layers)
    assert.ok(!isRefusedMediaType(descriptorFor(undefined, layer), "layer"));
  assert.ok(!isRefusedMediaType(descriptorFor(undefined), "layer"));
  const strange = [
    "application/vnd.oci.image.layer.v1.tar+gzip+encrypted",
    "application/vnd.in-toto+json",
    "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
  ];
  for (const layer of strange)
    assert.ok(isRefusedMediaType(descriptorFor(undefined, layer), "layer"));
  const helm = "application/vnd.cncf.helm.config.v1+json";
  assert.ok(isRefusedMediaType(descriptorFor(undefined, helm), "config"));
  assert.ok(isForeignLayer(descriptorFor(undefined, layers[6])));
  assert.ok(!isForeignLayer(descriptorFor(undefined, layers[1])));
});
