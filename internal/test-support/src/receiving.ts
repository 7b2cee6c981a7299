import {
  createFetchHandler,
  type FetchHandler,
  type OutcomeRecord,
  type ReceiverOptions,
} from "@mintfax-webhooks/core";
import { eventFixture, signDelivery } from "@mintfax-webhooks/testing";

export const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";

/** A receiver that collects its records, on the bare fetch handler. */
export function receiving<Tx = never>(
  options: ReceiverOptions<Request, Tx> = {},
): { webhooks: FetchHandler<Tx>; records: OutcomeRecord[]; late: unknown[] } {
  const records: OutcomeRecord[] = [];
  const late: unknown[] = [];
  const webhooks = createFetchHandler<Tx>({
    secret: SECRET,
    onOutcome: (record) => records.push(record),
    onLateOutcome: (record) => late.push(record),
    ...options,
  });
  return { webhooks, records, late };
}

/** One attempt to deliver an event, signed just now. Called again with the same event it is a redelivery. */
export function attempt(event: { readonly id: string } = eventFixture("fax.delivered")): Request {
  const { headers, body } = signDelivery(event as never, { secret: SECRET });
  return new Request("https://clinic.example/webhooks/mintfax", { method: "POST", headers, body });
}
