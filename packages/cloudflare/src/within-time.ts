import { StoreUnavailableError, withinLimit } from "@mintfax-webhooks/core/store";
import { storeErrorFrom } from "./errors.ts";

/**
 * Calls Cloudflare and waits for the answer, at most for `timeoutMs`. The call itself goes on, since Cloudflare has no way to
 * cancel it. A claim that is granted late ends with its lease; any other late call counts only from the newest holder.
 *
 * @param asked what is called, as the start of a sentence
 * @throws {MintfaxWebhookError} for any failure, also for one that the binding throws at once
 */
export async function withinTime<T>(asked: string, timeoutMs: number, ask: () => PromiseLike<T>): Promise<T> {
  try {
    return await withinLimit(
      ask(),
      timeoutMs,
      () => new StoreUnavailableError(`${asked} has not answered within ${timeoutMs} ms.`),
    );
  } catch (error) {
    throw storeErrorFrom(asked, error);
  }
}
