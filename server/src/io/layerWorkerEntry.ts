// All that a thread which reads layers runs (see `threadEntry`).
import { runLayerWorker } from "./layerWorker.ts";

runLayerWorker();
