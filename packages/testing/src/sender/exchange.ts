import type { SenderClock } from "../clock/sender-clock.ts";
import type { SignedDelivery } from "../delivery/signed-delivery.ts";
import { BodyPrefix } from "./body-prefix.ts";
import type { Attempt } from "./report.ts";
import type { Post } from "./target.ts";

/** How much of an answer mintfax's dashboard shows (webhooks/inspect-attempts, May 2026). */
const SHOWN_BYTES = 4096;

/** Sends a delivery once, and returns the result. Never rejects. */
export async function exchange(
  post: Post,
  delivery: SignedDelivery,
  clock: SenderClock,
  timeoutMs: number,
): Promise<Omit<Attempt, "number" | "manual">> {
  const startedMs = clock.nowMs();
  const cutOff = new AbortController();
  const timer = new AbortController();
  const shown = new BodyPrefix(SHOWN_BYTES);
  let status: number | null = null;
  let error: string | null = null;

  const converse = async (): Promise<void> => {
    const response = await post(delivery, cutOff.signal);
    status = response.status;
    await shown.readFrom(response, cutOff.signal);
  };
  const limit = async (): Promise<never> => {
    await clock.sleep(timeoutMs, timer.signal);
    const reason = new DOMException(`no answer within ${timeoutMs} ms`, "TimeoutError");
    cutOff.abort(reason);
    throw reason;
  };
  try {
    await Promise.race([converse(), limit()]);
  } catch (cause) {
    // An answer counts from its status on; mintfax ignores the body.
    if (status === null) error = describe(cause);
  } finally {
    timer.abort();
  }
  const body = status === null ? null : shown.toString();
  return { status, body, error, startedMs, durationMs: clock.nowMs() - startedMs };
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // The cause of "fetch failed" says what is wrong with the connection, sometimes in its code only.
  const { message, code } = (error.cause ?? {}) as { message?: string; code?: string };
  const cause = message || code;
  return cause === undefined ? `${error.name}: ${error.message}` : `${error.message}: ${cause}`;
}
