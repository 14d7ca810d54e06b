import assert from "node:assert/strict";
import { test } from "node:test";
import type { FakeHost } from "../support/fakeHost.ts";
import { fakeHost } from "../support/fakeHost.ts";
import { anImage } from "../support/imageBuilder.ts";
import type { LspPair, PairOptions } from "../support/lspPair.ts";
import { lspPair, saidIn } from "../support/lspPair.ts";

const uri = "file:///work/Dockerfile";
const text = `# tare: image=app
FROM debian:12
RUN fetch app
RUN fetch docs
`;

const app = anImage()
  .reference("app")
  .base("bin/sh 70MB")
  .layer("app/a.js 1MB, app/a.js.map 2MB", {
    createdBy: "RUN /bin/sh -c fetch app # buildkit",
  })
  .layer("docs/b.js.map 300kB", { createdBy: "RUN /bin/sh -c fetch docs # buildkit" });

/** Runs with an open document whose image is read, and closes everything. */
async function withFindings(
  options: Partial<Omit<PairOptions, "host">> & {
    readonly host?: FakeHost;
    readonly text?: string;
  },
  run: (pair: LspPair, host: FakeHost) => Promise<void>,
): Promise<void> {
  const host = options.host ?? fakeHost({ app });
  const pair = await lspPair({ settings: {}, ...options, host });
  try {
    await pair.open(uri, options.text ?? text);
    await pair.until("image read", () => pair.statuses.at(-1)?.state === "read");
    await run(pair, host);
    assert.deepEqual(pair.logs, []);
  } finally {
    await pair.close();
  }
}

const codesOf = (pair: LspPair) =>
  (pair.diagnostics.get(uri) ?? []).map(({ code, range }) => `${range.start.line}: ${code}`);
const areFound = (pair: LspPair, codes: readonly string[]) =>
  pair.until(`findings ${codes.join(", ")}`, () => codesOf(pair).join() === codes.join());
const bothMaps = ["2: source-maps", "3: source-maps"];

test("findings are diagnostics with their rule's name, page and severity", () =>
  withFindings({}, async (pair) => {
    await areFound(pair, bothMaps);
    const [first] = pair.diagnostics.get(uri)!;
    assert.deepEqual(first, {
      range: { start: { line: 2, character: 0 }, end: { line: 2, character: 3 } },
      severity: 3,
      source: "tare",
      code: "source-maps",
      codeDescription: { href: "file:///pages/source-maps.md" },
      message: "2 MB of source maps are in this layer; programs run without them.",
    });
  }));

test("a client that cannot show pages gets no links to them", () =>
  withFindings({ capabilities: { textDocument: { publishDiagnostics: {} } } }, async (pair) => {
    await areFound(pair, bothMaps);
    assert.equal(pair.diagnostics.get(uri)![0]!.codeDescription, undefined);
  }));

test("a fix says what it takes off before it is made; then the finding is gone and the size is old", () =>
  withFindings({}, async (pair) => {
    await areFound(pair, bothMaps);
    const actions = await pair.actions(uri, "RUN fetch app", ["quickfix"]);
    const fix = actions[0]!;
    assert.equal(fix.title, "Delete the source maps in the same RUN: −2 MB");
    assert.deepEqual(
      fix.diagnostics?.map(({ code }) => code),
      ["source-maps"],
    );
    const after = pair.textsAfter(fix)[uri]!;
    assert.match(after, /^RUN fetch app && find \/app .* -exec rm -f \{\} \+$/m);
    await pair.edit(uri, text, after);
    await areFound(pair, ["3: source-maps"]);
    assert.match((await pair.hintTexts(uri))[1]!, /^2: was 3 MB/);
  }));

test("a finding can be ignored where it is, and in the whole file", () =>
  withFindings({}, async (pair) => {
    await areFound(pair, bothMaps);
    const actions = await pair.actions(uri, "RUN fetch docs", ["quickfix"]);
    const here = actions.find(({ title }) => title === "Ignore source-maps here")!;
    const everywhere = actions.find(({ title }) => title === "Ignore source-maps in this file")!;
    const textHere = pair.textsAfter(here)[uri]!;
    assert.equal(
      textHere,
      text.replace("RUN fetch docs", "# tare: ignore=source-maps\nRUN fetch docs"),
    );
    assert.equal(
      pair.textsAfter(everywhere)[uri],
      text.replace("FROM", "# tare: ignore=source-maps\nFROM"),
    );
    await pair.edit(uri, text, textHere);
    await areFound(pair, ["2: source-maps"]);
  }));

test("settings make a rule louder or silent, at once", () =>
  withFindings({ settings: { rules: { "source-maps": "error" } } }, async (pair) => {
    await areFound(pair, bothMaps);
    assert.equal(pair.diagnostics.get(uri)![0]!.severity, 1);
    await pair.configure({ rules: { "source-maps": "off" } });
    await areFound(pair, []);
  }));

test("a misspelt name in ignore is mended by a quick-fix, alone or in a list", () =>
  withFindings(
    { text: text.replace("RUN fetch app", "# tare: ignore=a,source-map\nRUN fetch app") },
    async (pair) => {
      await areFound(pair, [
        "2: bad-directive",
        "2: bad-directive",
        "3: source-maps",
        "4: source-maps",
      ]);
      const actions = await pair.actions(uri, "source-map", ["quickfix"]);
      assert.deepEqual(
        actions
          .filter(({ diagnostics }) => saidIn(diagnostics?.[0]?.message).includes('"source-map"'))
          .map((action) => [action.title, pair.textsAfter(action)[uri]!.split("\n")[2]]),
        [
          ["Change to source-maps", "# tare: ignore=a,source-maps"],
          ["Remove source-map", "# tare: ignore=a"],
        ],
      );
      const first = await pair.actions(uri, "a,source", ["quickfix"]);
      const remove = first.find(({ title }) => title === "Remove a")!;
      assert.match(pair.textsAfter(remove)[uri]!, /^# tare: ignore=source-map$/m);
    },
  ));

test("actions are filtered by the kinds that the client asks for", () =>
  withFindings({}, async (pair) => {
    await areFound(pair, bothMaps);
    const titles = async (only?: readonly string[]) =>
      (await pair.actions(uri, "RUN fetch app", only)).map(({ kind }) => kind);
    assert.deepEqual(new Set(await titles(["quickfix"])), new Set(["quickfix"]));
    assert.deepEqual(await titles(["source.organizeImports"]), []);
    assert.deepEqual(await titles(["refactor.extract"]), []);
  }));

test("a .dockerignore is made by a fix, and its coming ends the finding", async () => {
  const image = anImage()
    .reference("app")
    .base("bin/sh 70MB")
    .layer("app/main.js 1MB, app/.git/objects/pack/one 3MB", {
      createdBy: "COPY . /app # buildkit",
    });
  const host = fakeHost({ app: image });
  const ignoreUri = "file:///work/.dockerignore";
  await withFindings(
    { host, text: "# tare: image=app\nFROM debian:12\nCOPY . /app\n" },
    async (pair) => {
      await areFound(pair, ["2: whole-context"]);
      const actions = await pair.actions(uri, "COPY .", ["quickfix"]);
      const fix = actions.find(({ title }) => /^Create \.dockerignore with `?\.git/.test(title))!;
      const made = pair.textsAfter(fix);
      assert.deepEqual(Object.keys(made), [ignoreUri]);
      assert.match(made[ignoreUri]!, /^\.git$/m);
      host.ignoreFiles.set("/work/.dockerignore", made[ignoreUri]!);
      await pair.client.sendNotification("workspace/didChangeWatchedFiles", {
        changes: [{ uri: ignoreUri, type: 1 }],
      });
      await areFound(pair, []);
    },
  );
});

test("everything that is safe is fixed at once, when that is asked for or is more than one fix", () =>
  withFindings(
    {
      text: `# tare: image=app
FROM debian:12
RUN apt-get update && apt-get install -y curl
RUN pip install flask
RUN chmod 755 /a
`,
    },
    async (pair) => {
      await pair.until("findings", () => codesOf(pair).some((one) => one.includes("pip-cache")));
      const [all] = await pair.actions(uri, "FROM", ["source.fixAll"]);
      assert.equal(all!.kind, "source.fixAll.tare");
      assert.equal(
        pair.textsAfter(all!)[uri],
        `# tare: image=app
FROM debian:12
RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*
RUN pip install --no-cache-dir flask
RUN chmod 755 /a
`,
      );
      const offered = await pair.actions(uri, "pip");
      assert.ok(offered.some(({ kind }) => kind === "source.fixAll.tare"));
      const best = offered.filter(({ isPreferred }) => isPreferred === true);
      assert.deepEqual(
        best.map(({ title }) => title),
        ["Add --no-cache-dir"],
      );
    },
  ));

test("RUN instructions are joined on request: by a selection, or by asking for refactorings", () =>
  withFindings({}, async (pair) => {
    await areFound(pair, bothMaps);
    const isJoining = ({ kind }: { readonly kind?: string }) => kind === "refactor.rewrite";
    const joining = (await pair.actions(uri, "RUN fetch app\nRUN")).find(isJoining)!;
    assert.match(pair.textsAfter(joining)[uri]!, /^RUN fetch app \\\n && fetch docs$/m);
    assert.equal((await pair.actions(uri, "")).some(isJoining), false);
    assert.equal((await pair.actions(uri, "RUN", ["refactor"])).length, 1);
  }));

test("a client without versioned edits gets plain ones", () =>
  withFindings({ capabilities: {} }, async (pair) => {
    await areFound(pair, bothMaps);
    const [fix] = await pair.actions(uri, "RUN fetch app", ["quickfix"]);
    assert.equal(fix!.edit?.documentChanges, undefined);
    assert.match(pair.textsAfter(fix!)[uri]!, /find \/app/);
  }));

test("in an untrusted workspace no file beside the Dockerfile is read", async () => {
  const host = fakeHost({});
  const asked: string[] = [];
  const watching = {
    ...host,
    readDockerignore: (request: Parameters<FakeHost["readDockerignore"]>[0]) => {
      asked.push(request.dockerfilePath);
      return host.readDockerignore(request);
    },
  };
  const initialize = { initializationOptions: { trusted: false } };
  const pair = await lspPair({ settings: {}, host: watching, initialize });
  try {
    await pair.open(uri, text);
    await pair.until("status", () => pair.statuses.at(-1)?.state === "untrusted");
    assert.deepEqual(asked, []);
    await pair.client.sendNotification("tare/trust", { trusted: true });
    await pair.until("read", () => asked.length > 0);
    assert.deepEqual(new Set(asked), new Set(["/work/Dockerfile"]));
  } finally {
    await pair.close();
  }
});

test("in a long text findings move along at once, and the rules are asked again when nobody types", () => {
  const long = `${text}${"# a comment\n".repeat(400)}`;
  return withFindings({ text: long }, async (pair) => {
    await areFound(pair, bothMaps);
    await pair.edit(uri, "# tare: image=app\n", "# tare: image=app\n# one line more\n");
    await areFound(pair, ["3: source-maps", "4: source-maps"]);
    await pair.edit(uri, "RUN fetch docs\n", "");
    await areFound(pair, ["3: source-maps"]);
  });
});

/** A world in which each piece of work takes a turn of its own, the second not before `goOn` is called. */
function slowHost(): { readonly host: FakeHost; readonly goOn: () => void } {
  const host = fakeHost({ app });
  const after = host.after.bind(host);
  let held: (() => void)[] | undefined = [];
  Object.assign(host, {
    nowMs: () => (host.clockMs += 10),
    after: (ms: number, run: () => void) => {
      if (ms > 0 || held === undefined) return after(ms, run);
      held.push(run);
      return () => undefined;
    },
  });
  const goOn = (): void => {
    held?.forEach((run) => run());
    held = undefined;
  };
  return { host, goOn };
}

test("findings that take many turns: others are answered between them, and the end is the same", () => {
  const { host, goOn } = slowHost();
  return withFindings({ host }, async (pair) => {
    assert.match((await pair.hintTexts(uri))[1]!, /^2: 3 MB/);
    assert.deepEqual(codesOf(pair), [], "not found yet");
    goOn();
    await areFound(pair, bothMaps);
  });
});

test("fixes wait for findings that take many turns", () => {
  const { host, goOn } = slowHost();
  return withFindings({ host }, async (pair) => {
    const asked = pair.actions(uri, "RUN fetch app", ["quickfix"]);
    await pair.hintTexts(uri);
    goOn();
    assert.equal((await asked)[0]?.title, "Delete the source maps in the same RUN: −2 MB");
  });
});

test("an edit amid such turns: what was found in the old text is never shown", () => {
  const { host, goOn } = slowHost();
  return withFindings({ host }, async (pair) => {
    await pair.edit(uri, "RUN fetch app\n", "");
    await pair.hintTexts(uri);
    goOn();
    await areFound(pair, ["2: source-maps"]);
  });
});

test("all safe fixes of a chain of very many stages are one edit", () => {
  const stages = Array.from(
    { length: 1000 },
    (_, at) => `FROM ${at === 0 ? "debian:12" : `s${at - 1}`} AS s${at}\nRUN apt-get update\n`,
  );
  const mended = stages.map((stage) =>
    stage.replace("update\n", "update && rm -rf /var/lib/apt/lists/*\n"),
  );
  return withFindings({ text: `# tare: image=app\n${stages.join("")}` }, async (pair) => {
    const [all] = await pair.actions(uri, "FROM", ["source.fixAll"]);
    assert.deepEqual(pair.textsAfter(all!), { [uri]: `# tare: image=app\n${mended.join("")}` });
  });
});
