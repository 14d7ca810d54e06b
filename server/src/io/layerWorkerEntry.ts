// The start of a layer worker when the server runs from its sources; the bundle starts itself again instead (see `layerWorkers`).
import { runLayerWorker } from "./layerWorker.ts";

runLayerWorker();
