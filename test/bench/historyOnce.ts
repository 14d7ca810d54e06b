// A process that asks an engine for the history of one image, twice: its address, the image, and whether the client is loaded before. Bundled by history.ts.
import { loadEngineClient } from "../../server/src/io/dockerEngine.ts";
import { describeImage } from "../../server/src/io/openImage.ts";

void historyOnce();

async function historyOnce(): Promise<void> {
  const [, , endpoint = "", image = "", client = ""] = process.argv;
  const loadStartMs = performance.now();
  if (client === "loaded") await loadEngineClient();
  const loadMs = performance.now() - loadStartMs;
  const firstMs = await timeHistory(endpoint, image);
  const againMs = await timeHistory(endpoint, image);
  process.stdout.write(JSON.stringify({ loadMs, firstMs, againMs }));
}

async function timeHistory(endpoint: string, image: string): Promise<number> {
  const { signal } = new AbortController();
  const startMs = performance.now();
  const described = await describeImage(image, { signal, endpoint, baseFolder: "/" });
  if (!described.ok) throw new Error(JSON.stringify(described.error));
  return performance.now() - startMs;
}
