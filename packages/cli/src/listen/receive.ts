import type { IncomingMessage, ServerResponse } from "node:http";
import type { LeaseStore, OutcomeRecord } from "@mintfax-webhooks/core";
import { BodyError, createReceiver } from "@mintfax-webhooks/core/adapter";
import { handleNodeRequest, NodeDelivery } from "@mintfax-webhooks/core/node";

/** What became of a delivery here. */
export type Verified = Pick<OutcomeRecord, "outcome" | "status" | "code" | "message" | "id" | "type">;

/** Far more than any event: what is too large for a receiver is refused by its own limit, and passed on all the same. */
const LIMITS = { limitBytes: 10 * 1024 * 1024, timeoutMs: 10_000 };
const STATUS = { body_too_large: 413, body_timeout: 408, body_incomplete: 400, body_already_parsed: 500 };

/** The raw bytes of a request, kept with it, for the receiver and for whoever looks into a refusal; or why there are none. */
export async function keepBody(req: IncomingMessage): Promise<Uint8Array | Verified> {
  try {
    const rawBody = await new NodeDelivery(req, undefined).readBody(LIMITS);
    Object.assign(req, { rawBody });
    return rawBody;
  } catch (error) {
    if (!(error instanceof BodyError)) throw error;
    const { code, message } = error;
    return { outcome: "refused", status: STATUS[code], code, message, id: undefined, type: undefined };
  }
}

/** Receives a delivery as a server would, and answers it. */
export async function receive(
  req: IncomingMessage,
  res: ServerResponse,
  secret: readonly string[],
  store: LeaseStore,
): Promise<Verified> {
  return withReceiver(secret, store, async (receiver) => {
    receiver.on("*", () => {});
    await handleNodeRequest(receiver, req, res, undefined);
  });
}

/** Says what a receiver would say to a delivery that somebody else answers. Nothing is remembered of it. */
export async function verify(
  req: IncomingMessage,
  secret: readonly string[],
  store: LeaseStore,
): Promise<Verified> {
  return withReceiver(secret, store, async (receiver) => {
    // Without a handler, nothing is claimed.
    await receiver.receive(new NodeDelivery(req, undefined));
  });
}

/** A receiver of its own for each delivery, so that what its hook is told belongs to that one. */
async function withReceiver(
  secret: readonly string[],
  store: LeaseStore,
  use: (receiver: ReturnType<typeof createReceiver>) => Promise<void>,
): Promise<Verified> {
  const records: OutcomeRecord[] = [];
  await use(createReceiver({ secret, store, onOutcome: (record) => records.push(record) }));
  const [record] = records;
  if (record === undefined) throw new Error("the receiver reported no outcome");
  return record;
}
