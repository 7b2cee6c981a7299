import type { Fetcher } from "@cloudflare/workers-types";
import { eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import { actAtOnce } from "../../at-once.ts";
import type { Env } from "./env.ts";

/** Copies under way to each receiver at any time. */
const AT_ONCE = 25;

/**
 * Sends copies of one delivery, as many to each of the receivers, to all of them at once.
 *
 * @returns how many were answered how: `{"200 processed": 1, "409 busy": 9999}`
 */
export async function sendCopies(count: number, path: string, env: Env): Promise<Record<string, number>> {
  const receivers: readonly Fetcher[] = [env.RECEIVER_0, env.RECEIVER_1, env.RECEIVER_2, env.RECEIVER_3];
  const { headers, body } = signDelivery(eventFixture("fax.delivered"), {
    secret: env.MINTFAX_WEBHOOK_SECRET,
  });
  const tally: Record<string, number> = {};
  let answered = 0;
  const send = async (receiver: Fetcher): Promise<void> => {
    const response = await receiver.fetch(`http://receiver${path}`, {
      method: "POST",
      headers: { ...headers },
      body,
    });
    const { outcome } = (await response.json()) as { outcome: string };
    const answer = `${response.status} ${outcome}`;
    tally[answer] = (tally[answer] ?? 0) + 1;
    answered += 1;
    if (answered === count / 4) await env.LEDGER.fetch("http://ledger/quarter-answered");
  };
  await Promise.all(
    receivers.map((receiver) => actAtOnce(AT_ONCE, count / receivers.length, () => send(receiver))),
  );
  return tally;
}
