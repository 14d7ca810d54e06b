/** Resolves with the first failure to come, or with undefined when all have gone well. */
export async function firstFailure<Failure>(
  outcomes: readonly Promise<Failure | undefined>[],
): Promise<Failure | undefined> {
  return new Promise((resolve, reject) => {
    for (const outcome of outcomes) {
      void outcome.then((failure) => {
        if (failure !== undefined) resolve(failure);
      }, reject);
    }
    void Promise.all(outcomes).then(() => resolve(undefined), reject);
  });
}
