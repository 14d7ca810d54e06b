/** Runs code on behalf of a client so that a mistake in Tare is logged and the server lives on. */
export interface Shield {
  /** The handler, answering `fallback` where it throws or rejects. */
  answering<A extends readonly unknown[], R>(
    fallback: R,
    handler: (...parameters: A) => R | Promise<R>,
  ): (...parameters: A) => R | Promise<R>;
  /** Lets work run that nobody waits for. */
  inBackground(work: () => Promise<void> | void): void;
}

/** The request boundary: the one place of the server that catches. `log` gets the stack. */
export function shieldWith(log: (text: string) => void): Shield {
  const report = (error: unknown): void => {
    log(
      `This is a mistake in Tare: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  };
  const answering: Shield["answering"] =
    (fallback, handler) =>
    (...parameters) => {
      try {
        const answer = handler(...parameters);
        if (!(answer instanceof Promise)) return answer;
        return answer.catch((error: unknown) => {
          report(error);
          return fallback;
        });
      } catch (error) {
        report(error);
        return fallback;
      }
    };
  return {
    answering,
    inBackground(work) {
      void answering<readonly [], void>(undefined, work)();
    },
  };
}
