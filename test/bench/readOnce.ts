// A process that reads one image and says what it took. Bundled by layers.ts, so that it starts as the real server does.
import { readFileSync, statSync } from "node:fs";
import type { ImageDescription } from "../../server/src/core/image/image.ts";
import { readImage } from "../../server/src/io/layerReader.ts";
import type { GeneratedLayer } from "./largeImage.ts";

void readOnce();

async function readOnce(): Promise<void> {
  const [, , listing = "", form = "plain", cacheFolder = "", watched = ""] = process.argv;
  const layers = JSON.parse(readFileSync(listing, "utf8")) as readonly GeneratedLayer[];
  const description: ImageDescription = {
    reference: "bench",
    imageId: "sha256:0",
    source: "oci",
    config: {
      platform: { os: "linux", architecture: "amd64" },
      settings: { env: [], exposedPorts: [], volumes: [], labels: {}, onBuild: [] },
      diffIds: layers.map(({ diffId }) => diffId),
      history: [],
    },
    layers: layers.map(({ diffId }) => ({ diffId })),
  };
  const startedMs = performance.now();
  // To look a thousand times a second costs time itself: who measures that does not watch.
  const stalls = watched === "watched" ? watchStalls() : () => undefined;
  const read = await readImage(
    description,
    layers.map((layer) => {
      const path = layer[form as "plain"];
      return { kind: "file", diffId: layer.diffId, path, offset: 0, length: statSync(path).size };
    }),
    { signal: new AbortController().signal, ...(cacheFolder === "" ? {} : { cacheFolder }) },
  );
  const readMs = performance.now() - startedMs;
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  const { fileCount, layerContentBytes, finalContentBytes, wastedBytes, waste } = read.value;
  process.on("exit", () => {
    const { maxRSS } = process.resourceUsage();
    const longestStallMs = stalls();
    process.stdout.write(
      `${JSON.stringify({ readMs, startedMs, longestStallMs, peakBytes: maxRSS * 1024, fileCount, layerContentBytes, finalContentBytes, wastedBytes, wasteRows: waste.count })}\n`,
    );
  });
}

/** How long the main thread could not answer, at most. */
function watchStalls(): () => number {
  let longestMs = 0;
  let lastMs = performance.now();
  setInterval(() => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - lastMs - 1);
    lastMs = nowMs;
  }, 1).unref();
  return () => longestMs;
}
