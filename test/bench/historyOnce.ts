// A process that asks an engine for the history of one image, twice: its address, the image, and whether the client is warmed up before. Bundled by history.ts.
import { warmEngineClient } from "../../server/src/io/dockerEngine.ts";
import { describeImage } from "../../server/src/io/openImage.ts";

void historyOnce();

async function historyOnce(): Promise<void> {
  const [, , endpoint = "", image = "", client = ""] = process.argv;
  const warmStartMs = performance.now();
  if (client === "warm") await warmEngineClient();
  const warmMs = performance.now() - warmStartMs;
  const firstMs = await timeHistory(endpoint, image);
  const againMs = await timeHistory(endpoint, image);
  process.stdout.write(JSON.stringify({ warmMs, firstMs, againMs }));
}

async function timeHistory(endpoint: string, image: string): Promise<number> {
  const { signal } = new AbortController();
  const startMs = performance.now();
  const described = await describeImage(image, { signal, endpoint, baseFolder: "/" });
  if (!described.ok) throw new Error(JSON.stringify(described.error));
  return performance.now() - startMs;
}
