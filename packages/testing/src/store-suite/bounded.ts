/** How long the engine waits for a store, in milliseconds. */
export const STORE_LIMIT_MS = 5_000;

/** Rejects where a store has not answered within {@link STORE_LIMIT_MS}. */
export async function bounded<T>(what: string, call: () => PromiseLike<T> | T): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${what}: no answer within ${STORE_LIMIT_MS} ms`)),
      STORE_LIMIT_MS,
    );
  });
  try {
    return await Promise.race([call(), limit]);
  } finally {
    clearTimeout(timer);
  }
}
