import type { Parked } from "@mintfax-webhooks/queue";
import { connectionErrorText } from "../output/connection-error.ts";
import { UsageError } from "../usage-error.ts";
import { ENGINES, type OpenQueue } from "./engines.ts";
import type { Place } from "./place.ts";

/** @throws {UsageError} where the queue cannot be used; it holds neither the URL nor a part of it that is secret */
export async function withQueue<T>(place: Place, use: (parked: Parked) => Promise<T>): Promise<T> {
  let open: OpenQueue | undefined;
  try {
    open = await ENGINES[place.engine](place);
    await open.ready();
    return await use(open.parked);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(connectionErrorText(error, place.url, place.engine));
  } finally {
    // What it was to do is done, or has failed.
    await open?.close().catch(() => {});
  }
}
