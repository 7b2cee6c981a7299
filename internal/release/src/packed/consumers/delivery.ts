import assert from "node:assert/strict";
import { eventFixture, forge, type SignedDelivery, signDelivery } from "@mintfax-webhooks/testing";

/** An invented one. */
export const SECRET: string = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";

/** What {@link deliver} has shown, for the table. */
export const DELIVERED: string = "handled, forged refused, duplicate recognised";

/**
 * Sends a server what mintfax and a forger send: its handler has to run once, for the one that is signed. The server answers
 * `GET /handled` with the ids of the events that were handled.
 */
export async function deliver(origin: string): Promise<void> {
  const event = eventFixture("fax.delivered");
  const genuine = signDelivery(event, { secret: SECRET });
  const again = signDelivery(event, { secret: SECRET });
  const forged = forge(signDelivery(eventFixture("fax.delivered"), { secret: SECRET }));

  assert.deepEqual(await post(origin, forged), {
    status: 400,
    outcome: "refused",
    code: "signature_mismatch",
    id: forged.id,
  });
  assert.deepEqual(await post(origin, genuine), { status: 200, outcome: "processed", id: event.id });
  assert.deepEqual(await post(origin, again), { status: 200, outcome: "duplicate", id: event.id });
  const handled = await fetch(`${origin}/handled`);
  assert.deepEqual(await handled.json(), [event.id], "what the handler has got");
}

async function post(origin: string, { headers, body }: SignedDelivery): Promise<object> {
  const response = await fetch(`${origin}/webhooks/mintfax`, { method: "POST", headers, body });
  const text = await response.text();
  assert.match(text, /^\{/, `the answer with status ${response.status}`);
  const { message: _, ...answer } = JSON.parse(text) as Record<string, unknown>;
  return { status: response.status, ...answer };
}
