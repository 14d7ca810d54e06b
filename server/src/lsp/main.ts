import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { warmEngineClient } from "../io/dockerEngine.ts";
import { nodeHost } from "./nodeHost.ts";
import { startServer } from "./server.ts";
import { readTransport } from "./transport.ts";
import { warmUp } from "./warmUp.ts";

/** Between the answer to `initialize` and the first question about an image. */
const engineWarmUpMs = 50;

/**
 * Serves one client until it says goodbye, its end of the transport closes, or the process that it named in `initialize` is gone.
 * The transport is in `process.argv`, where vscode-languageserver looks for it.
 */
export function serve(): void {
  const [node = "", script = "", command = "", ...words] = process.argv;
  const transport = readTransport(words);
  if (transport.kind === "refuse") {
    process.stderr.write(`tare: ${transport.sentence}\n`);
    process.exitCode = 2;
    return;
  }
  process.argv = [node, script, command, ...transport.words];
  // A parent that dies closes the channel without a word.
  process.on("disconnect", () => process.exit(1));
  const host = nodeHost();
  startServer(createConnection(ProposedFeatures.all), host);
  warmUp(host);
  host.after(engineWarmUpMs, () => void warmEngineClient());
}
