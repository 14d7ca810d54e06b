import type { ImageError } from "../core/image/imageError.ts";
import { fail, type Result } from "../core/result.ts";
import type { LayerPool } from "./layerPool.ts";
import type { LayerMessage, LayerTask } from "./layerTasks.ts";

/** Who is asked, and for what. */
export interface ThreadQuestion {
  readonly pool: LayerPool;
  readonly signal: AbortSignal;
  /** What it is done for, for the error that says that memory was not enough. */
  readonly where: string;
}

/** The answer to a task; when the signal is aborted the thread ends in the middle of it. */
export function askThread<T>(
  { pool, signal, where }: ThreadQuestion,
  task: LayerTask,
  answerIn: (message: LayerMessage) => Result<T, ImageError> | undefined,
): Promise<Result<T, ImageError>> {
  return new Promise((resolve, reject) => {
    const cancel = (): void => {
      pool.end();
      resolve(fail({ code: "cancelled" }));
    };
    const over = (): void => signal.removeEventListener("abort", cancel);
    if (signal.aborted) return cancel();
    signal.addEventListener("abort", cancel, { once: true });
    pool.run(task, {
      message(message) {
        const answer = answerIn(message);
        if (answer === undefined) return;
        over();
        resolve(answer);
      },
      broken(error) {
        over();
        if (!isOutOfMemory(error)) reject(error);
        else resolve(fail({ code: "limit-exceeded", limit: memoryLimit, where }));
      },
    });
  });
}

const memoryLimit = "a worker thread's memory";

function isOutOfMemory(error: Error): boolean {
  return "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}
