import assert from "node:assert/strict";
import { test } from "node:test";
import { findingOf } from "../../server/src/lsp/historyFinding.ts";

/** Images as `reference@imageId ratio`, best first. */
function found(ranked: string, current?: string): string {
  const finding = findingOf(
    ranked.split(", ").map((text) => {
      const [name, ratio] = text.split(" ");
      const [reference, imageId] = name!.split("@");
      return {
        listed: {
          reference: reference!,
          imageId: imageId!,
          sizeBytes: undefined,
          createdMs: undefined,
        },
        matchRatio: ratio === "?" ? undefined : Number(ratio),
      };
    }),
    current,
  );
  switch (finding.kind) {
    case "found":
      return finding.reference;
    case "none":
      return "none";
    case "ambiguous":
      return `ambiguous: ${finding.references.join(", ")}`;
  }
}

const rows: readonly (readonly [string, string, string, string?])[] = [
  ["the best is taken", "app:latest", "app:latest@1 0.9, other:latest@2 0.5"],
  ["what fits too badly is not taken", "none", "app:latest@1 0.6"],
  ["what was not looked at is not taken", "none", "app:latest@1 ?"],
  [
    "the newest of one name is taken",
    "app:2",
    "app:2@2 1, app:1@1 1, sha256:0@sha256:0 1, other:latest@9 0.8",
  ],
  ["two names of one image are one image", "app:latest", "app:latest@1 1, host:5000/app:v1@1 1"],
  [
    "different images of different names are not told apart by guessing",
    "ambiguous: a:latest, b:latest",
    "a:latest@1 1, b:latest@2 1",
  ],
  ["a registry's port is no tag", "ambiguous: h:1/a, h:2/a", "h:1/a@1 1, h:2/a@2 1"],
  [
    "earlier builds without a name do not stand against a name",
    "app:latest",
    "sha256:5@sha256:5 1, app:latest@4 1",
  ],
  ["the newest of several without a name", "sha256:5", "sha256:5@sha256:5 1, sha256:4@sha256:4 1"],
  ["the one found before stays while the file is being edited", "app:1", "app:1@1 0.5", "app:1"],
  ["…until nothing is left of it", "none", "app:1@1 0.3", "app:1"],
  ["…or another one fits better", "b:1", "b:1@2 0.9, app:1@1 0.8", "app:1"],
  ["…and against its equals", "b:1", "a:1@1 1, b:1@2 1", "b:1"],
];

for (const [name, expected, ranked, current] of rows) {
  test(name, () => assert.equal(found(ranked, current), expected));
}
