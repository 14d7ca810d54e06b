import assert from "node:assert/strict";
import { suite, test } from "node:test";
import {
  formatImageReference,
  isSameImageName,
  normaliseImageName,
  parseImageName,
  parseImageReference,
  type ImageReference,
} from "../../../server/src/core/image/reference.ts";

const digest = `sha256:${"a".repeat(64)}`;

function checkReference(text: string, expected: ImageReference): void {
  const reference = parseImageReference(text);
  assert.deepEqual(reference, expected);
  assert.deepEqual(parseImageReference(formatImageReference(reference)), expected);
}

suite("image references", () => {
  test("names, tags and digests belong to the engine", () => {
    for (const name of [
      "busybox",
      "busybox:local",
      "ghcr.io/a/b:1.2",
      "localhost:5000/x",
      `debian@${digest}`,
      `debian:12@${digest}`,
      digest,
      "0a1b2c3d4e5f",
      "a/b/c-d__e.f",
    ]) {
      checkReference(name, { kind: "engine", name });
    }
  });

  test("archives and OCI layouts may name one of their images", () => {
    checkReference("docker-archive:a.tar", { kind: "docker-archive", path: "a.tar" });
    checkReference("docker-archive:/x/a.tar:app:1", {
      kind: "docker-archive",
      path: "/x/a.tar",
      tag: "app:1",
    });
    checkReference("oci:layout", { kind: "oci", path: "layout" });
    checkReference("oci:layout:1.0", { kind: "oci", path: "layout", tag: "1.0" });
    checkReference(`oci:layout:${digest}`, { kind: "oci", path: "layout", tag: digest });
    checkReference("oci:../a b/é:ghcr.io/a/b:1", {
      kind: "oci",
      path: "../a b/é",
      tag: "ghcr.io/a/b:1",
    });
  });

  test("the colon of a Windows drive is part of the path", () => {
    checkReference(String.raw`docker-archive:C:\images\a.tar`, {
      kind: "docker-archive",
      path: String.raw`C:\images\a.tar`,
    });
    checkReference("oci:c:/layout:tag", { kind: "oci", path: "c:/layout", tag: "tag" });
    checkReference(String.raw`C:\images\a.tar`, {
      kind: "path",
      path: String.raw`C:\images\a.tar`,
    });
    checkReference("C:/images/a.tar", { kind: "path", path: "C:/images/a.tar" });
    checkReference(String.raw`\\server\share\a.tar`, {
      kind: "path",
      path: String.raw`\\server\share\a.tar`,
    });
  });

  test("what can be no image name is a path", () => {
    for (const path of [
      "/a.tar",
      "./a.tar",
      "../layout",
      "~/a.tar",
      ".",
      "Image.tar",
      "a b.tar",
      "a//b",
      "x@sha256:12",
      "",
    ]) {
      checkReference(path, { kind: "path", path });
    }
  });

  test("surrounding blanks are not part of a reference", () =>
    assert.deepEqual(parseImageReference("  busybox \n"), { kind: "engine", name: "busybox" }));
});

suite("image names", () => {
  test("are completed as Docker completes them", () => {
    const rows: readonly (readonly [string, string])[] = [
      ["busybox", "docker.io/library/busybox:latest"],
      ["a/b:1", "docker.io/a/b:1"],
      ["docker.io/busybox", "docker.io/library/busybox:latest"],
      ["index.docker.io/library/busybox:1", "docker.io/library/busybox:1"],
      ["localhost/x", "localhost/x:latest"],
      ["localhost:5000/x:2", "localhost:5000/x:2"],
      ["[::1]:5000/x", "[::1]:5000/x:latest"],
      [`debian:12@${digest}`, `docker.io/library/debian@${digest}`],
      ["NOT A NAME", "NOT A NAME"],
    ];
    for (const [name, expected] of rows) assert.equal(normaliseImageName(name), expected);
  });

  test("are the same with and without what Docker adds, and with podman's localhost", () => {
    assert.ok(isSameImageName("app", "docker.io/library/app:latest"));
    assert.ok(isSameImageName("app:1", "localhost/app:1"));
    assert.ok(!isSameImageName("app:1", "app:2"));
    assert.ok(!isSameImageName("app", "other/app"));
  });

  test("have parts", () =>
    assert.deepEqual(parseImageName(`r.io:5000/a/b:1@${digest}`), {
      name: "r.io:5000/a/b",
      tag: "1",
      digest,
    }));
});
