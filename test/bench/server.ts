// The language server while it works, over stdio as an editor runs it: `node test/bench/server.ts [runs]`, only its treemaps with `maps` behind that.
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  createReadStream,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import type { ProtocolConnection } from "vscode-languageserver/node";
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import { analyse, parseDockerfile } from "../../server/src/core/analysis.ts";
import type { ImageStatus } from "../../server/src/protocol.ts";
import { methods } from "../../server/src/protocol.ts";
import { anyInstruction } from "../support/anyInstruction.ts";
import { fullCapabilities } from "../support/lspPair.ts";
import { benchFolder as folder, bundleOf } from "./bundles.ts";
import type { GeneratedLayer } from "./largeImage.ts";
import { makeLargeImage } from "./largeImage.ts";

let bundle = "";
const workspace = join(folder, "server");

const dockerfile = `# tare: image=oci:image\nFROM scratch\n${Array.from({ length: 16 }, (_, index) => `RUN step ${index}\n`).join("")}`;

/** A stage as people write them: clean installs over many lines, settings, copies. */
const ordinaryStanza = [
  "# what it needs",
  "RUN apt-get update \\",
  "    && apt-get install -y --no-install-recommends \\",
  "        curl \\",
  "        tzdata \\",
  "    && rm -rf /var/lib/apt/lists/*",
  "ENV STEP=done MODE=fast",
  "COPY --chown=app:app conf/ /etc/app/",
  "RUN mkdir -p /var/lib/app \\",
  "    && chown app:app /var/lib/app",
];

/** The worst: nearly every line is worth a finding, with its fix. */
const wastefulStanza = [
  "ENV STEP=done",
  "RUN apt-get update && apt-get install -y curl gcc \\",
  "    && rm -rf /tmp/*",
  "COPY . /app",
  "WORKDIR /app",
  "RUN pip install -r requirements.txt",
  "RUN npm ci && npm run build",
  "RUN curl -O https://example.org/tool.tar.gz && tar xzf tool.tar.gz",
  "RUN rm tool.tar.gz",
  "RUN chown -R app:app /app",
];

/** By then a server has done what it does while it has nothing else to do. */
const warmUpMs = 6000;

await main(Number(process.argv[2] ?? 5), process.argv[3] === "maps");

async function main(runs: number, isMaps: boolean): Promise<void> {
  mkdirSync(workspace, { recursive: true });
  bundle = bundleOf("tare");
  const layers = await makeLargeImage({
    folder: join(folder, "large"),
    files: 221_465,
    scale: 1,
    layers: 16,
  });
  await writeLayout(join(workspace, "image"), layers);
  const rows: string[][] = isMaps ? mapRows((await whileIndexing()).maps) : await allRows(runs);
  console.log(
    `${cpus().length} × ${cpus()[0]?.model ?? "?"}, Node ${process.version}, medians of ${runs}\n`,
  );
  const width = Math.max(...rows.map(([name]) => name!.length));
  for (const [name, value, target] of rows) {
    console.log(`${name!.padEnd(width)}  ${value!.padStart(10)}  ${target}`);
  }
}

async function allRows(runs: number): Promise<string[][]> {
  const rows: string[][] = [];
  rows.push(["start to answer of initialize", ms(median(await repeat(runs, startOnce))), ""]);
  const perText = await repeat(runs, () => textToDiagnostics(1000));
  rows.push(["text of 1,000 lines to its diagnostics", ms(median(perText)), "≤ 25 ms"]);
  const perOrdinary = Array.from({ length: 30 }, () => textToFindings(ordinaryStanza));
  const perWasteful = Array.from({ length: 30 }, () => textToFindings(wastefulStanza));
  rows.push(
    ["findings of 500 ordinary lines, parsed, no image", ms(median(perOrdinary)), "≤ 20 ms"],
    ["  first", ms(perOrdinary[0] ?? 0), ""],
    ["  nearly all of them worth a finding", ms(median(perWasteful)), "≤ 20 ms"],
  );
  const perDense = denseTexts().map(findingsIn);
  rows.push(
    ["findings of 500 lines made at random, 200 such texts", ms(median(perDense)), "≤ 20 ms"],
    ["  p95", ms(percentile(perDense, 0.95)), "≤ 20 ms"],
    ["  longest of all", ms(Math.max(...perDense)), ""],
  );
  const unwarmed = await repeat(runs, () => openToDiagnostics(0));
  const warmed = await repeat(runs, () => openToDiagnostics(warmUpMs));
  rows.push(
    ["such a text opened to its diagnostics, server just started", ms(median(unwarmed)), ""],
    ["  server that has warmed up", ms(median(warmed)), ""],
  );
  const cold = await whileIndexing();
  rows.push(
    ["hover while 4.9 GB are indexed, p95", ms(percentile(cold.hoverMs, 0.95)), "≤ 20 ms"],
    ["  median", ms(median(cold.hoverMs)), ""],
    ["  longest of all", ms(Math.max(...cold.hoverMs)), ""],
    ["  hovers sent", String(cold.hoverMs.length), ""],
    ["open to first line sizes (OCI layout, gzip)", ms(cold.readMs), ""],
    ["hover on a read layer, first", ms(cold.firstReadHoverMs), ""],
    ["first page of the heaviest layer's rows", ms(cold.treeMs), ""],
    ...mapRows(cold.maps),
    ["memory of the server, peak", `${(cold.peakBytes / 1e6).toFixed(0)} MB`, ""],
  );
  return rows;
}

function mapRows({ firstMapMs, mapMs, mapBytes, searchMs, ...hovers }: MapTimes): string[][] {
  return [
    ["treemap of the image, asked for to answered, first", ms(firstMapMs), "≤ 300 ms"],
    ["  again, median of nine", ms(mapMs), "≤ 20 ms"],
    ["  its bytes as JSON", `${(mapBytes / 1e3).toFixed(0)} kB`, ""],
    ["search in all of its paths", ms(searchMs), ""],
    ["longest hover while the first map was made, or the search", ms(hovers.hoverMs), "≤ 20 ms"],
    ["  longest of as many with nothing else to do", ms(hovers.idleHoverMs), ""],
  ];
}

/** One stage of 500 lines. */
function textOf(stanza: readonly string[]): string {
  const steps = Array.from({ length: 500 / stanza.length }, () => stanza.join("\n"));
  return `FROM debian:12\n${steps.join("\n")}\n`;
}

/** From the moment the wasteful text is opened to the moment its diagnostics are there, `idleMs` after the server has started. */
async function openToDiagnostics(idleMs: number): Promise<number> {
  const running = await startServer();
  await new Promise((resolve) => setTimeout(resolve, idleMs));
  const uri = pathToFileURL(join(workspace, "Dockerfile.wasteful")).href;
  const next = running.nextDiagnostics();
  const startMs = performance.now();
  await running.client.sendNotification("textDocument/didOpen", {
    textDocument: { uri, languageId: "dockerfile", version: 1, text: textOf(wastefulStanza) },
  });
  await next;
  const tookMs = performance.now() - startMs;
  await running.stop();
  return tookMs;
}

/** Many different texts, so that collections of garbage show as they come; always the same ones. The last instruction may be cut off. */
function denseTexts(): readonly string[] {
  const stage = fc.array(anyInstruction, { minLength: 500, maxLength: 500 });
  return fc.sample(stage, { numRuns: 200, seed: 1 }).map((instructions) => {
    const lines = instructions.join("\n").split("\n").slice(0, 499);
    return `FROM debian:12\n${lines.join("\n")}\n`;
  });
}

/** One stage of 500 lines, looked at by all rules; in this process, so the first time counts the compiler. */
function textToFindings(stanza: readonly string[]): number {
  return findingsIn(textOf(stanza));
}

function findingsIn(text: string): number {
  const dockerfile = parseDockerfile(text);
  const started = performance.now();
  const { length } = analyse(dockerfile, undefined).findings;
  const tookMs = performance.now() - started;
  if (length === 0) throw new Error("no rule found anything");
  return tookMs;
}

/** The generated layers as an OCI layout whose history fits `dockerfile`. */
async function writeLayout(layout: string, layers: readonly GeneratedLayer[]): Promise<void> {
  const blobs = join(layout, "blobs/sha256");
  if (existsSync(join(layout, "index.json"))) return;
  rmSync(layout, { recursive: true, force: true });
  mkdirSync(blobs, { recursive: true });
  const keep = (content: unknown): { digest: string; size: number } => {
    const bytes = Buffer.from(JSON.stringify(content));
    const hex = createHash("sha256").update(bytes).digest("hex");
    writeFileSync(join(blobs, hex), bytes);
    return { digest: `sha256:${hex}`, size: bytes.length };
  };
  const stored: { digest: string; size: number }[] = [];
  for (const { gzip } of layers) {
    const hash = createHash("sha256");
    for await (const chunk of createReadStream(gzip)) hash.update(chunk as Buffer);
    const hex = hash.digest("hex");
    linkSync(gzip, join(blobs, hex));
    stored.push({ digest: `sha256:${hex}`, size: statSync(gzip).size });
  }
  const config = keep({
    os: "linux",
    architecture: "amd64",
    config: {},
    rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map((_, index) => ({
      created_by: `RUN /bin/sh -c step ${index} # buildkit`,
      comment: "buildkit.dockerfile.v0",
    })),
  });
  const manifest = keep({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: { mediaType: "application/vnd.oci.image.config.v1+json", ...config },
    layers: stored.map((blob) => ({
      mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
      ...blob,
    })),
  });
  writeFileSync(join(layout, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  writeFileSync(
    join(layout, "index.json"),
    JSON.stringify({
      schemaVersion: 2,
      manifests: [{ mediaType: "application/vnd.oci.image.manifest.v1+json", ...manifest }],
    }),
  );
}

interface Running {
  readonly client: ProtocolConnection;
  readonly child: ChildProcess;
  readonly statuses: ImageStatus[];
  /** Resolves with the next diagnostics of any document. */
  nextDiagnostics(): Promise<void>;
  stop(): Promise<void>;
}

async function startServer(cacheFolder?: string): Promise<Running> {
  const child = spawn(process.execPath, [bundle, "lsp", "--stdio"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const client = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const statuses: ImageStatus[] = [];
  let heard = (): void => undefined;
  client.onNotification(methods.imageStatus, (status: ImageStatus) => void statuses.push(status));
  client.onNotification("textDocument/publishDiagnostics", () => heard());
  client.onRequest("workspace/configuration", ({ items }: { items: readonly unknown[] }) =>
    items.map(() => ({ engine: { enabled: false }, cache: { maximumBytes: 0 } })),
  );
  for (const method of [
    "client/registerCapability",
    "window/workDoneProgress/create",
    "workspace/inlayHint/refresh",
    "workspace/codeLens/refresh",
  ]) {
    client.onRequest(method, () => null);
  }
  client.listen();
  await client.sendRequest("initialize", {
    processId: process.pid,
    rootUri: null,
    workspaceFolders: [{ uri: pathToFileURL(workspace).href, name: "bench" }],
    capabilities: fullCapabilities,
    initializationOptions: { trusted: true, commandLinks: true, cacheFolder },
  });
  await client.sendNotification("initialized", {});
  return {
    client,
    child,
    statuses,
    nextDiagnostics: () =>
      new Promise((resolve) => {
        heard = resolve;
      }),
    async stop() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      await client.sendRequest("shutdown");
      await client.sendNotification("exit");
      await ended;
      client.dispose();
    },
  };
}

async function startOnce(): Promise<number> {
  const startMs = performance.now();
  const running = await startServer();
  const tookMs = performance.now() - startMs;
  await running.stop();
  return tookMs;
}

/** From the moment an edit is sent to the moment its diagnostics are there; the first text only warms up. */
async function textToDiagnostics(lines: number): Promise<number> {
  const running = await startServer();
  const uri = pathToFileURL(join(workspace, "Dockerfile.long")).href;
  const text = `# tare: nonsense=1\nFROM debian:12\n${Array.from(
    { length: lines / 2 },
    (_, index) =>
      `RUN apt-get update && apt-get install -y package-${index} \\\n  && rm -rf /var/lib/apt/lists/*\n`,
  ).join("")}`;
  let next = running.nextDiagnostics();
  await running.client.sendNotification("textDocument/didOpen", {
    textDocument: { uri, languageId: "dockerfile", version: 1, text },
  });
  await next;
  const took: number[] = [];
  for (let version = 2; version < 12; version += 1) {
    next = running.nextDiagnostics();
    const startMs = performance.now();
    await running.client.sendNotification("textDocument/didChange", {
      textDocument: { uri, version },
      contentChanges: [
        {
          range: { start: { line: 0, character: 8 }, end: { line: 0, character: 8 } },
          text: "x",
        },
      ],
    });
    await next;
    took.push(performance.now() - startMs);
  }
  await running.stop();
  return median(took);
}

async function whileIndexing(): Promise<{
  readonly hoverMs: readonly number[];
  readonly readMs: number;
  readonly firstReadHoverMs: number;
  readonly treeMs: number;
  readonly maps: MapTimes;
  readonly peakBytes: number;
}> {
  const running = await startServer();
  const { client, child, statuses } = running;
  const uri = pathToFileURL(join(workspace, "Dockerfile")).href;
  const startMs = performance.now();
  await client.sendNotification("textDocument/didOpen", {
    textDocument: { uri, languageId: "dockerfile", version: 1, text: dockerfile },
  });
  const hoverOnce = async (line: number): Promise<number> => {
    const sentMs = performance.now();
    await client.sendRequest("textDocument/hover", {
      textDocument: { uri },
      position: { line, character: 1 },
    });
    return performance.now() - sentMs;
  };
  const hoverMs: number[] = [];
  while (statuses.at(-1)?.state !== "read") {
    if (statuses.at(-1)?.state === "failed") throw new Error(statuses.at(-1)?.message);
    hoverMs.push(await hoverOnce(1 + (hoverMs.length % 17)));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const readMs = performance.now() - startMs;
  const firstReadHoverMs = await hoverOnce(3);
  const [root] = await client.sendRequest<readonly { id: string }[]>(methods.tree, { uri });
  const layers = await client.sendRequest<readonly { id: string }[]>(methods.tree, {
    uri,
    parent: root!.id,
  });
  const treeStartMs = performance.now();
  await client.sendRequest(methods.tree, { uri, parent: layers[0]!.id });
  const treeMs = performance.now() - treeStartMs;
  // Hovers of a read image look for things the first time.
  for (let line = 1; line <= 17; line += 1) await hoverOnce(line);
  const maps = await askForMaps(client, uri, hoverOnce);
  const peakBytes = peakOf(child.pid);
  await running.stop();
  return { hoverMs, readMs, firstReadHoverMs, treeMs, maps, peakBytes };
}

interface MapTimes {
  readonly firstMapMs: number;
  /** Asked for again. */
  readonly mapMs: number;
  readonly mapBytes: number;
  readonly searchMs: number;
  /** Longest of those that were asked for meanwhile. */
  readonly hoverMs: number;
  /** Longest of as many while nothing else was asked for. */
  readonly idleHoverMs: number;
}

/** As the editor asks: for no more rectangles than it draws. */
async function askForMaps(
  client: ProtocolConnection,
  uri: string,
  hoverOnce: (line: number) => Promise<number>,
): Promise<MapTimes> {
  const timed = async (method: string, params: object): Promise<readonly [number, unknown]> => {
    const startMs = performance.now();
    const answer: unknown = await client.sendRequest(method, params);
    return [performance.now() - startMs, answer];
  };
  const hoverMs: number[] = [];
  const withHovers = async (method: string, params: object): Promise<number> => {
    const asked = { isAnswered: false };
    const answer = timed(method, params).finally(() => {
      asked.isAnswered = true;
    });
    while (!asked.isAnswered) hoverMs.push(await hoverOnce(1 + (hoverMs.length % 17)));
    return (await answer)[0];
  };
  const question = { target: { uri }, limit: 1000 };
  const firstMapMs = await withHovers(methods.treemap, question);
  const maps: (readonly [number, unknown])[] = [];
  for (let run = 0; run < 9; run += 1) maps.push(await timed(methods.treemap, question));
  const searchMs = await withHovers(methods.treemapSearch, {
    target: { uri },
    query: "lib",
    limit: 200,
  });
  const idleHoverMs: number[] = [];
  while (idleHoverMs.length < hoverMs.length) {
    idleHoverMs.push(await hoverOnce(1 + (idleHoverMs.length % 17)));
  }
  return {
    firstMapMs,
    mapMs: median(maps.map(([tookMs]) => tookMs)),
    mapBytes: JSON.stringify(maps[0]?.[1]).length,
    searchMs,
    hoverMs: Math.max(...hoverMs),
    idleHoverMs: Math.max(...idleHoverMs),
  };
}

/** Linux only; 0 elsewhere. */
function peakOf(pid: number | undefined): number {
  const status = `/proc/${pid}/status`;
  if (!existsSync(status)) return 0;
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(status, "utf8"))?.[1] ?? 0) * 1024;
}

async function repeat(runs: number, run: () => Promise<number>): Promise<readonly number[]> {
  const results: number[] = [];
  for (let index = 0; index < runs; index += 1) results.push(await run());
  return results;
}

function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function ms(value: number): string {
  return `${value.toFixed(value < 100 ? 1 : 0)} ms`;
}
