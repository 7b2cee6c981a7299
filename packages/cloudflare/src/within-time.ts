/**
 * Waits for an answer, but not for ever. The call itself goes on, since Cloudflare gives no way to take it back: a
 * claim that arrives late lapses with its lease, and anything else counts only from the newest holder.
 *
 * @param who has not answered, for the message of the error
 */
export async function withinTime<T>(who: string, timeoutMs: number, answer: PromiseLike<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${who} has not answered within ${timeoutMs} ms.`)), timeoutMs);
  });
  try {
    return await Promise.race([answer, limit]);
  } finally {
    clearTimeout(timer);
  }
}
