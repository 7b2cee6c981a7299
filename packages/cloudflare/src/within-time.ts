import { StoreUnavailableError } from "@mintfax-webhooks/core/store";
import { storeErrorFrom } from "./errors.ts";

/**
 * Asks, and waits for the answer, but not for ever. The call itself goes on, since Cloudflare gives no way to take it back: a
 * claim that arrives late lapses with its lease, and anything else counts only from the newest holder.
 *
 * @param asked what has not answered, for the message of the error
 * @throws {MintfaxWebhookError} for anything that goes wrong, thrown at once by a binding too
 */
export async function withinTime<T>(asked: string, timeoutMs: number, ask: () => PromiseLike<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new StoreUnavailableError(`${asked} has not answered within ${timeoutMs} ms.`)),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([ask(), limit]);
  } catch (error) {
    throw storeErrorFrom(asked, error);
  } finally {
    clearTimeout(timer);
  }
}
