import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { warmEngineClient } from "../io/dockerEngine.ts";
import { nodeHost } from "./nodeHost.ts";
import { startServer } from "./server.ts";
import { warmUp } from "./warmUp.ts";

/** How a client talks to the server, as its command line says: LSP over standard input and output unless told otherwise. */
const transports = ["--stdio", "--node-ipc", "--socket", "--pipe"];

/** Between the answer to `initialize` and the first question about an image. */
const engineWarmUpMs = 50;

/**
 * Serves one client until it says goodbye, its end of the transport closes, or the process that it named in `initialize` is gone.
 * The transport is in `process.argv`, where vscode-languageserver looks for it.
 */
export function serve(): void {
  const isTold = process.argv.some((word) =>
    transports.some((transport) => word === transport || word.startsWith(`${transport}=`)),
  );
  if (!isTold) process.argv.push("--stdio");
  // A parent that dies closes the channel without a word.
  process.on("disconnect", () => process.exit(1));
  const host = nodeHost();
  startServer(createConnection(ProposedFeatures.all), host);
  warmUp(host);
  host.after(engineWarmUpMs, () => void warmEngineClient());
}
