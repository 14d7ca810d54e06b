import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  addBuild,
  buildBefore,
  buildOf,
  mostBuilds,
  type BuildHistory,
} from "../../../server/src/core/history/buildHistory.ts";
import type { BuildRecord } from "../../../server/src/core/history/buildRecord.ts";
import { buildRecordOf } from "../../../server/src/core/history/buildRecord.ts";
import { formatHistory, parseHistory } from "../../../server/src/core/history/historyCodec.ts";
import { parseDockerfile } from "../../../server/src/core/dockerfile/parse.ts";
import { attribute } from "../../../server/src/core/join/attribute.ts";
import { anImage, digestOf } from "../../support/imageBuilder.ts";

const build = (name: string, day: number, more: Partial<BuildRecord> = {}): BuildRecord => ({
  imageId: digestOf(name),
  reference: "app",
  platform: "linux/amd64",
  stage: "0",
  timeMs: Date.UTC(2026, 0, day),
  totalBytes: 100,
  lines: [],
  ...more,
});

const now = Date.UTC(2026, 1, 1);

const namesOf = (history: BuildHistory, ...names: readonly string[]): readonly string[] =>
  history.map(({ imageId }) => names.find((name) => digestOf(name) === imageId) ?? "?");

const added = (...builds: readonly BuildRecord[]): BuildHistory =>
  builds.reduce<BuildHistory>((history, one) => addBuild(history, one, now), []);

test("the same image again says nothing new", () => {
  const history = added(build("a", 1));
  assert.equal(addBuild(history, build("a", 1), now), history);
});

test("more lines of the same image replace fewer", () => {
  const line = { keyword: "RUN", text: "RUN a", key: "k" } as const;
  const history = added(
    build("a", 1, { lines: [{ ...line, bytes: undefined }], commit: "then" }),
    build("a", 1, { lines: [{ ...line, bytes: 7 }], commit: "now" }),
  );
  assert.deepEqual(
    history.map(({ lines, commit }) => [lines[0]?.bytes, commit]),
    [[7, "then"]],
  );
});

test("a name that moves back to an earlier image is a build of now", () => {
  const history = added(build("a", 1), build("b", 2), build("a", 1));
  assert.deepEqual(namesOf(history, "a", "b"), ["a", "b", "a"]);
  assert.equal(history.at(-1)?.timeMs, now);
  assert.equal(buildBefore(history, buildOf(history, digestOf("a"))!), history[1]);
});

test("an older image of another name takes its place by time, a known one none", () => {
  const older = build("old", 1, { reference: "app:1.0" });
  const history = added(build("a", 2), build("b", 3), older);
  assert.deepEqual(namesOf(history, "a", "b", "old"), ["old", "a", "b"]);
  const known = build("a", 2, { reference: "app:0.9" });
  assert.equal(addBuild(history, known, now), history);
});

test("builds of another stage or platform are not the build before", () => {
  const history = added(
    build("a", 1),
    build("b", 2, { stage: "test" }),
    build("c", 3, { platform: "linux/arm64" }),
    build("d", 4),
  );
  assert.equal(buildBefore(history, history[3]!), history[0]);
  assert.equal(buildBefore(history, history[1]!), undefined);
});

test("images of another name are not the build before, other tags of one name are", () => {
  const history = added(
    build("a", 1, { reference: "registry:5000/app:1.0" }),
    build("b", 2, { reference: "other:1.0" }),
    build("c", 3, { reference: digestOf("c") }),
    build("d", 4, { reference: "registry:5000/app:1.1" }),
    build("e", 5, { reference: "oci:app" }),
    build("f", 6, { reference: digestOf("f") }),
  );
  const before = history.map((one) => buildBefore(history, one));
  assert.deepEqual(
    before.map((one) => (one === undefined ? "-" : namesOf([one], "a", "b", "c")[0])),
    ["-", "-", "-", "a", "-", "c"],
  );
});

test("only the newest builds are kept", () => {
  const builds = Array.from({ length: mostBuilds + 5 }, (_, day) => build(`b${day}`, day));
  const history = added(...builds);
  assert.equal(history.length, mostBuilds);
  assert.equal(history.at(-1)?.imageId, builds.at(-1)?.imageId);
});

test("times of one history never go back", () => {
  const times = fc.array(
    fc.record({ name: fc.constantFrom("a", "b", "c"), day: fc.integer({ min: 1, max: 28 }) }),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(times, fc.boolean(), (seen, isOneName) => {
      const history = added(
        ...seen.map(({ name, day }) =>
          build(name, day, isOneName ? {} : { reference: `app:${name}` }),
        ),
      );
      const moments = history.map(({ timeMs }) => timeMs);
      assert.deepEqual(
        moments,
        moments.toSorted((a, b) => a - b),
      );
    }),
  );
});

test("what is written is read again, and damage is seen", () => {
  const lines = [
    { keyword: "RUN", text: 'RUN "x" | y', key: "k", bytes: 12 },
    { keyword: "COPY", text: "COPY ü /", key: "l", bytes: undefined },
  ] as const;
  const history = added(build("a", 1, { lines }), build("b", 2, { commit: "c0ffee" }));
  const text = formatHistory(history, "/work/Dockerfile");
  assert.deepEqual(parseHistory(text), history);
  assert.deepEqual(parseHistory(formatHistory([], "x")), []);
  for (const damaged of [
    "",
    "{}",
    text.slice(0, -9),
    text.replace('"version":1', '"version":2'),
    text.replace('"RUN"', '"FLY"'),
    text.replace("12]", "-12]"),
    text.replace("sha256:", "sha1:"),
    text.replace('"timeMs"', '"moment"'),
  ]) {
    assert.equal(parseHistory(damaged), undefined, damaged.slice(0, 80));
  }
});

const recorded = (dockerfile: string, image = built()): BuildRecord | undefined => {
  const parsed = parseDockerfile(dockerfile);
  const read = image.read();
  const { description } = read;
  const attribution = attribute(parsed, { state: "read", description, read });
  return buildRecordOf(parsed, read, attribution, { nowMs: now, commit: "c0ffee" });
};

const built = () =>
  anImage()
    .created("2026-01-05T06:07:08Z")
    .base("bin/sh 70MB")
    .layer("usr/bin/tool 4MB", { createdBy: "RUN /bin/sh -c fetch # buildkit" })
    .layer("app 1MB", { createdBy: "COPY app /app # buildkit" });

const dockerfile = "FROM debian:12 AS run\nENV A=1\nRUN fetch\nCOPY app /app\nCMD x\n";

test("a build is recorded with its base and the lines that write layers", () => {
  const record = recorded(dockerfile);
  assert.deepEqual(
    record?.lines.map(({ text, bytes }) => `${text}: ${bytes}`),
    ["FROM debian:12 AS run: 70000000", "RUN fetch: 4000000", "COPY app /app: 1000000"],
  );
  assert.equal(record?.stage, "run");
  assert.equal(record?.totalBytes, 75_000_000);
  assert.equal(record?.timeMs, Date.UTC(2026, 0, 5, 6, 7, 8));
});

test("a line that reads otherwise by now is recorded without bytes, for they are another text's", () =>
  assert.deepEqual(
    recorded(dockerfile.replace("RUN fetch", "RUN fetch --more"))?.lines.map(({ bytes }) => bytes),
    [70_000_000, undefined, 1_000_000],
  ));

test("an image without a credible date was built when it was seen", () => {
  assert.equal(recorded(dockerfile, built().created("1970-01-01T00:00:00Z"))?.timeMs, now);
  assert.equal(recorded(dockerfile, built().created("2036-01-01T00:00:00Z"))?.timeMs, now);
});
