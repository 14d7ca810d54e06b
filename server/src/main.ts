import { isArchiveWorker, runArchiveWorker } from "./io/archiveWorker.ts";
import { isLayerWorker, runLayerWorker } from "./io/layerWorker.ts";

// What libraries should stop using is no concern of who runs the command, and stderr is for people.
process.noDeprecation = true;

// One file is the language server and the command line, and the threads where their own files are not beside it; each loads only what it needs.
if (isLayerWorker()) runLayerWorker();
else if (isArchiveWorker()) runArchiveWorker();
else if (process.argv[2] === "lsp" && !asksForHelp(process.argv)) void serveClient();
else void runCommandLine();

function asksForHelp(words: readonly string[]): boolean {
  return words.includes("--help") || words.includes("-h");
}

async function serveClient(): Promise<void> {
  const { serve } = await import("./lsp/main.ts");
  serve();
}

async function runCommandLine(): Promise<void> {
  const [{ runCli }, { processHost }] = await Promise.all([
    import("./cli/main.ts"),
    import("./cli/processHost.ts"),
  ]);
  process.exitCode = await runCli(process.argv.slice(2), processHost());
}
