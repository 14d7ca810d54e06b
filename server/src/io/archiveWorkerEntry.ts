// The start of an archive worker when the server runs from its sources; the bundle starts itself again instead (see `archiveThread`).
import { runArchiveWorker } from "./archiveWorker.ts";

runArchiveWorker();
