import type { Fetcher } from "@cloudflare/workers-types";
import { eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import type { Env } from "./env.ts";

/**
 * Sends copies of one delivery to all receivers, all at once.
 *
 * @returns how many were answered how: `{"200 processed": 1, "409 in_progress": 9999}`
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
    if (answered === count - 1) await env.LEDGER.fetch("http://ledger/all-but-one-answered");
  };
  await Promise.all(
    Array.from({ length: count }, (_, i) => send(receivers[i % receivers.length] as Fetcher)),
  );
  return tally;
}
