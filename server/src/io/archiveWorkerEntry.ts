// All that a thread which reads an archive runs (see `threadEntry`).
import { runArchiveWorker } from "./archiveWorker.ts";

// As in `main`: for libraries, not for people.
process.noDeprecation = true;

runArchiveWorker();
