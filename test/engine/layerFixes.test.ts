import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type FileTree, nodeKind, pathOf } from "../../server/src/core/image/fileTree.ts";
import type { ReadImage } from "../../server/src/core/image/image.ts";
import { archiveKept } from "../../server/src/core/rules/archiveKept.ts";
import { copiedTwice } from "../../server/src/core/rules/copiedTwice.ts";
import { joinableRuns } from "../../server/src/core/rules/joinableRuns.ts";
import { removedLater } from "../../server/src/core/rules/removedLater.ts";
import type { Rule } from "../../server/src/core/rules/rule.ts";
import { secretShipped } from "../../server/src/core/rules/secretShipped.ts";
import { applyEdits } from "../../server/src/core/text/edit.ts";
import { type TestEngine, addBusybox, startEngine, withEngine } from "../machine/engine.ts";
import { ruleFindings } from "../support/checkRule.ts";
import { contentOf } from "../support/imageBuilder.ts";
import { readTagged } from "../support/readTagged.ts";
import { writeTar } from "../support/tarWriter.ts";

/** A Dockerfile with one finding of a rule, and bytes that its first fix takes off. */
interface Case {
  readonly rule: Rule;
  readonly dockerfile: string;
  readonly savedBytes: number;
  readonly classic?: true;
}

const dd = (path: string, thousands: number): string =>
  `dd if=/dev/zero of=${path} bs=1000 count=${thousands} 2>/dev/null`;

const cases: Readonly<Record<string, Case>> = {
  "deleted in the RUN that wrote it": {
    rule: removedLater,
    dockerfile: `FROM busybox:local
RUN mkdir /src && ${dd("/src/a", 700)} && ${dd("/src/b", 300)} && wc -c < /src/a > /a.size
ENV A=1
RUN rm -rf /src
`,
    savedBytes: 1_000_000,
    classic: true,
  },
  "joined, each with its own working directory and variables": {
    rule: removedLater,
    dockerfile: `FROM busybox:local
RUN mkdir -p /src/sub && cd /src/sub && ${dd("a", 500)}; N=1; export N
RUN wc -c < /src/sub/a > /size && echo "n=$N in $(pwd)" > /where && rm -r /src
`,
    savedBytes: 500_000,
    classic: true,
  },
  "an archive that is mounted": {
    rule: archiveKept,
    dockerfile: `FROM busybox:local
COPY app.tar /tmp/app.tar
RUN mkdir /opt && tar -xf /tmp/app.tar -C /opt && rm /tmp/app.tar
`,
    savedBytes: 203_776,
  },
  "owners set by COPY": {
    rule: copiedTwice,
    dockerfile: `FROM busybox:local
WORKDIR /app
COPY web/ ./static/js/
COPY big.txt ./
RUN chown -R 1000:1000 /app
`,
    savedBytes: 150_005,
    classic: true,
  },
  "a mode set by COPY": {
    rule: copiedTwice,
    dockerfile: `FROM busybox:local
COPY big.txt /usr/bin/tool
RUN chmod +x /usr/bin/tool
`,
    savedBytes: 150_000,
  },
  "a mode set in the RUN that wrote the file": {
    rule: copiedTwice,
    dockerfile: `FROM busybox:local
RUN ${dd("/tool", 400)}
RUN chmod 755 /tool
`,
    savedBytes: 400_000,
    classic: true,
  },
  "files that are written again": {
    rule: joinableRuns,
    dockerfile: `FROM busybox:local
RUN ${dd("/db", 300)}
RUN ${dd("/db", 350)} && echo b > /b
RUN ${dd("/db", 400)}
`,
    savedBytes: 650_000,
    classic: true,
  },
  "a secret that is mounted": {
    rule: secretShipped,
    dockerfile: `FROM busybox:local
COPY .npmrc /root/.npmrc
RUN cat /root/.npmrc | wc -c > /size && rm /root/.npmrc
`,
    savedBytes: 24,
  },
};

const files = {
  "app.tar": writeTar([{ path: "app", body: contentOf("app", 202_000) }]),
  "web/a.js": "aaaaa",
  "big.txt": contentOf("big", 150_000),
  ".npmrc": "//registry/:_auth=secret",
};

async function buildAndRead(
  engine: TestEngine,
  tag: string,
  dockerfile: string,
  builder: "classic" | "buildkit",
): Promise<ReadImage> {
  await engine.build({ tag, dockerfile, files, builder });
  return readTagged(engine, tag);
}

/** Empty folders that a RUN leaves for the container's own mounts, whatever it does. */
const runFolders = ["dev", "etc", "proc", "sys"];

/** One line for each path: kind, owner, mode and bytes. Where something was mounted older builders leave an empty file. */
function listing(tree: FileTree, mountPoints: readonly string[]): readonly string[] {
  const kinds = Object.keys(nodeKind);
  return Array.from({ length: tree.nodeCount }, (_, node) => node)
    .map((node) => ({ node, path: pathOf(tree, node) }))
    .filter(({ node, path }) => tree.bytes[node] !== 0 || !mountPoints.includes(path))
    .map(({ node, path }) =>
      [
        path,
        kinds[tree.kind[node] ?? 0],
        `${tree.uid[node]}:${tree.gid[node]}`,
        (tree.mode[node] ?? 0).toString(8),
        tree.bytes[node],
      ].join(" "),
    );
}

suite("a fix of layers keeps the final files and saves what it says", () => {
  const engineOf = withEngine(startEngine, addBusybox);
  for (const builder of ["buildkit", "classic"] as const) {
    for (const [name, { rule, dockerfile, savedBytes, classic }] of Object.entries(cases)) {
      if (builder === "classic" && classic !== true) continue;
      test(`${builder}: ${name}`, async (context) => {
        const engine = engineOf(context);
        if (engine === undefined) return;
        const tag = `fix-${Object.keys(cases).indexOf(name)}-${builder}`;
        const before = await buildAndRead(engine, `${tag}:1`, dockerfile, builder);
        const findings = ruleFindings(rule, before, dockerfile);
        const fix = findings[0]?.fixes[0];
        assert.ok(fix, findings.map(({ message }) => message).join("\n"));
        const edited = applyEdits(dockerfile, fix.edits);
        const after = await buildAndRead(engine, `${tag}:2`, edited, builder);
        assert.deepEqual(fix.saving, { bytes: savedBytes, basis: "measured" }, edited);
        assert.equal(before.layerContentBytes - after.layerContentBytes, savedBytes, edited);
        const mounted = [...edited.matchAll(/target=\/(\S+)/g)].map(([, path = ""]) => path);
        const mountPoints = [...mounted, ...runFolders];
        assert.deepEqual(
          listing(after.finalTree, mountPoints),
          listing(before.finalTree, mountPoints),
          edited,
        );
        assert.deepEqual(ruleFindings(rule, after, edited), []);
      });
    }
  }
});
