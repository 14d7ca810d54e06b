import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { gzipSync } from "node:zlib";
import { rules } from "../../server/src/core/rules/registry.ts";
import { applyEdits } from "../../server/src/core/text/edit.ts";
import { addBusybox, startEngine, type TestEngine, withEngine } from "../machine/engine.ts";
import { ruleFindings } from "../support/checkRule.ts";
import { contentOf } from "../support/imageBuilder.ts";
import { readTagged } from "../support/readTagged.ts";
import { writeTar } from "../support/tarWriter.ts";

/** A Dockerfile that is built, mended and built again. */
interface Case {
  /** Whose first finding is mended. */
  readonly rule: string;
  readonly before: string;
  /** What the fix must make of it; `before` where only the `.dockerignore` changes. */
  readonly after: string;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Paths that may go, or change; everything else must be the same, to the byte. */
  readonly gone?: RegExp;
  /** Place of the fix among those of the finding; 0 unless told. */
  readonly fix?: number;
  /** Of the saving that is promised; `measured` unless told. The build must show it in either case. */
  readonly basis?: "predicted";
}

/** A program that leaves behind what a package manager does, and fetches nothing. */
const stub = (cases: Readonly<Record<string, string>>): string =>
  `#!/bin/sh -e\ncase " $* " in\n${Object.entries(cases)
    .map(([words, does]) => `  *" ${words} "*) ${does} ;;`)
    .join("\n")}\nesac\n`;
const writing = (path: string, bytes: number): string =>
  `mkdir -p ${path.slice(0, path.lastIndexOf("/"))}; head -c ${bytes} /dev/zero > ${path}`;

const stubs = {
  "bin/apt-get": stub({
    update: writing("/var/lib/apt/lists/main", 300_000),
    install: writing("/usr/bin/installed", 200_000),
  }),
  "bin/apk": stub({
    "--no-cache": writing("/usr/bin/added", 150_000),
    add: `${writing("/usr/bin/added", 150_000)}; ${writing("/var/cache/apk/APKINDEX.1.tar.gz", 250_000)}`,
  }),
  "bin/pip": stub({
    "--no-cache-dir": writing("/usr/lib/python3/site-packages/flask.py", 100_000),
    install: `${writing("/usr/lib/python3/site-packages/flask.py", 100_000)}; ${writing("/root/.cache/pip/http/1", 350_000)}`,
  }),
  "bin/npm": stub({
    "cache clean": "rm -rf /root/.npm/_cacache",
    ci: `${writing("/app/node_modules/x/index.js", 100_000)}; ${writing("/root/.npm/_cacache/content/1", 400_000)}`,
  }),
};

/** Bytes that no compression takes away, the same each time. */
function randomContent(bytes: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length: bytes }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

const tool = gzipSync(
  writeTar([
    { path: "tool/", type: "5" },
    { path: "tool/run", body: randomContent(200_000), mode: 0o755 },
  ]),
);

const cases: Readonly<Record<string, Case>> = {
  "package lists are deleted in the same RUN": {
    rule: "apt-lists-kept",
    before: "FROM tools:local\nRUN apt-get update && apt-get install -y make\n",
    after:
      "FROM tools:local\nRUN apt-get update && apt-get install -y make && rm -rf /var/lib/apt/lists/*\n",
    gone: /^\/var\/lib\/apt\/lists\/main$/,
  },
  "apk keeps no index": {
    rule: "apk-cache-kept",
    before: "FROM tools:local\nRUN apk add curl\n",
    after: "FROM tools:local\nRUN apk add --no-cache curl\n",
    gone: /^\/var(?:$|\/cache(?:$|\/apk))/,
  },
  "pip keeps no cache": {
    rule: "pip-cache-kept",
    before: "FROM tools:local\nRUN set -ex; \\\n    pip install flask; \\\n    true\n",
    after:
      "FROM tools:local\nRUN set -ex; \\\n    pip install --no-cache-dir flask; \\\n    true\n",
    gone: /^\/root(\/\.cache|$)/,
  },
  "npm's cache is emptied in the same RUN": {
    rule: "npm-cache-kept",
    before: "FROM tools:local\nWORKDIR /app\nRUN npm ci \\\n # and nothing else\n && true\n",
    after:
      "FROM tools:local\nWORKDIR /app\nRUN npm ci \\\n # and nothing else\n && true \\\n && npm cache clean --force\n",
    gone: /^\/root\/\.npm/,
  },
  "what a later RUN deletes is never in a layer": {
    rule: "removed-later",
    before:
      "FROM busybox:local\nRUN head -c 500000 /dev/zero > /big && echo made > /made\nRUN rm /big && echo done > /done\n",
    after:
      "FROM busybox:local\nRUN head -c 500000 /dev/zero > /big && echo made > /made && rm /big\nRUN echo done > /done\n",
  },
  "an owner set in a later RUN writes no file twice": {
    rule: "copied-twice",
    before:
      "FROM busybox:local\nRUN mkdir /app && head -c 500000 /dev/zero > /app/data\nRUN chown -R 1000:1000 /app\n",
    after:
      "FROM busybox:local\nRUN mkdir /app && head -c 500000 /dev/zero > /app/data && chown -R 1000:1000 /app\n",
  },
  "an archive that is copied and unpacked is only mounted": {
    rule: "archive-kept",
    files: { "tool.tar.gz": tool },
    before:
      "FROM tools:local\nCOPY tool.tar.gz /tmp/tool.tar.gz\nRUN tar -xzf /tmp/tool.tar.gz -C /opt && rm /tmp/tool.tar.gz\n",
    after:
      "FROM tools:local\nRUN --mount=type=bind,source=tool.tar.gz,target=/tmp/tool.tar.gz tar -xzf /tmp/tool.tar.gz -C /opt\n",
  },
  "owner and mode are set by the COPY": {
    rule: "copied-twice",
    files: { "data/one": contentOf("one", 400_000) },
    before: "FROM busybox:local\nCOPY data /data\nRUN chown -R 1000:1000 /data\n",
    after: "FROM busybox:local\nCOPY --chown=1000:1000 data /data\nRUN chown 1000:1000 /data\n",
  },
  "package lists lie in a cache mount": {
    rule: "apt-lists-kept",
    fix: 1,
    before: "FROM tools:local\nRUN apt-get update && apt-get install -y make\n",
    after:
      "FROM tools:local\nRUN --mount=type=cache,target=/var/lib/apt/lists,sharing=locked apt-get update && apt-get install -y make\n",
    gone: /^\/var\/lib\/apt\/lists/,
  },
  "two RUN instructions are joined": {
    rule: "removed-later",
    before:
      "FROM busybox:local\nRUN cd /bin && head -c 500000 /dev/zero > /big\nRUN pwd > /where && rm /big\n",
    after:
      "FROM busybox:local\nRUN (cd /bin && head -c 500000 /dev/zero > /big) \\\n && pwd > /where && rm /big\n",
  },
  "equal files become hard links": {
    rule: "same-content",
    before: "FROM busybox:local\nRUN head -c 2000000 /dev/zero > /one && cp /one /two\n",
    after:
      "FROM busybox:local\nRUN head -c 2000000 /dev/zero > /one && cp /one /two && ln -f /one /two\n",
    basis: "predicted",
  },
  "source maps are deleted in the same RUN": {
    rule: "source-maps",
    before:
      "FROM busybox:local\nRUN mkdir /app && echo 1 > /app/a.js && head -c 200000 /dev/zero > /app/a.js.map\n",
    after:
      "FROM busybox:local\nRUN mkdir /app && echo 1 > /app/a.js && head -c 200000 /dev/zero > /app/a.js.map && find /app -type f \\( -name '*.js.map' -o -name '*.[cm]js.map' -o -name '*.ts.map' -o -name '*.[cm]ts.map' -o -name '*.css.map' \\) -exec rm -f {} +\n",
    gone: /^\/app\/a\.js\.map$/,
  },
  "documentation is deleted in the same RUN": {
    rule: "docs-shipped",
    before:
      "FROM busybox:local\nRUN mkdir -p /usr/share/doc/x && cd /usr/share/doc/x && head -c 200000 /dev/zero > README && echo mine > copyright\n",
    after:
      "FROM busybox:local\nRUN mkdir -p /usr/share/doc/x && cd /usr/share/doc/x && head -c 200000 /dev/zero > README && echo mine > copyright && find /usr/share/doc -type f ! -name 'copyright*' -exec rm -f {} +\n",
    gone: /^\/usr\/share\/doc\/x\/README$/,
  },
  "what no program needs stays out of the context": {
    rule: "whole-context",
    files: {
      "src/main.js": "run()\n",
      ".git/objects/pack/one": contentOf("pack", 300_000),
      "node_modules/x/index.js": contentOf("x", 200_000),
    },
    before: "FROM busybox:local\nCOPY . /app\n",
    after: "FROM busybox:local\nCOPY . /app\n",
    gone: /^\/app\/(\.git|node_modules|\.dockerignore)/,
  },
};

async function addTools(engine: TestEngine): Promise<void> {
  await addBusybox(engine);
  const programs = Object.keys(stubs).map((path) => `/${path}`);
  const dockerfile = `FROM busybox:local\nCOPY bin/ /bin/\nRUN mkdir /opt /tmp && chmod 755 ${programs.join(" ")}\n`;
  await engine.build({ tag: "tools:local", dockerfile, files: stubs, builder: "classic" });
}

/** Every path that a container sees, with its kind, mode, owner, target and content. */
async function filesOf(engine: TestEngine, tag: string): Promise<ReadonlyMap<string, string>> {
  const script =
    "find / -xdev -exec stat -c '%n|%A %u:%g %N' {} + && find / -xdev -type f -exec md5sum {} + | sed -E 's/^([0-9a-f]+) +(.*)$/\\2|\\1/'";
  const printed = await engine.run(["run", "--rm", "--network=none", tag, "sh", "-c", script]);
  const facts = new Map<string, string>();
  for (const line of printed.trimEnd().split("\n")) {
    const [path = "", fact = ""] = line.split("|");
    if (!isOfEngine(path)) facts.set(path, `${facts.get(path) ?? ""} ${fact}`.trim());
  }
  assert.match(facts.get("/bin/busybox") ?? "", / [0-9a-f]{32}$/, "contents are compared");
  return facts;
}

/** The engine puts these into every container. */
function isOfEngine(path: string): boolean {
  return /^\/(?:proc|sys|dev|\.dockerenv|etc(?:\/(?:hosts|hostname|resolv\.conf|mtab))?)(?:\/|$)/.test(
    path,
  );
}

async function checkCase(engine: TestEngine, tag: string, one: Case): Promise<void> {
  const { rule, before, after, files = {}, gone, fix: place = 0, basis = "measured" } = one;
  const builder = "buildkit";
  await engine.build({ tag: `${tag}:before`, dockerfile: before, files, builder });
  const built = await readTagged(engine, `${tag}:before`);
  const checked = rules.find(({ code }) => code === rule);
  assert.ok(checked, `there is no rule ${rule}`);
  const [finding] = ruleFindings(checked, built, before, { dockerignore: null });
  const fix = finding?.fixes[place];
  assert.ok(fix, `no fix ${place}: ${finding?.message ?? "no finding"}`);
  const mended = applyEdits(before, fix.edits);
  assert.equal(mended, after);
  const ignore = fix.dockerignore === undefined ? {} : { ".dockerignore": fix.dockerignore };
  await engine.build({
    tag: `${tag}:after`,
    dockerfile: mended,
    files: { ...files, ...ignore },
    builder,
  });
  const rebuilt = await readTagged(engine, `${tag}:after`);
  const savedBytes = built.layerContentBytes - rebuilt.layerContentBytes;
  assert.equal(fix.saving?.basis, basis);
  assert.equal(savedBytes, fix.saving.bytes, "bytes saved");
  const [mine, theirs] = [
    await filesOf(engine, `${tag}:before`),
    await filesOf(engine, `${tag}:after`),
  ];
  const changed = [...new Set([...mine.keys(), ...theirs.keys()])].filter(
    (path) => mine.get(path) !== theirs.get(path) && gone?.test(path) !== true,
  );
  assert.deepEqual(
    changed.map((path) => [path, mine.get(path), theirs.get(path)]),
    [],
    "everything else is the same",
  );
}

suite("fixes save what they say and change nothing else", () => {
  const engineOf = withEngine(startEngine, addTools);
  for (const [index, [name, one]] of Object.entries(cases).entries()) {
    test(name, async (context) => {
      const engine = engineOf(context);
      if (engine !== undefined) await checkCase(engine, `fixed-${index}`, one);
    });
  }
});
