import type { IncomingMessage, ServerResponse } from "node:http";
import type { LeaseStore, OutcomeRecord } from "@mintfax-webhooks/core";
import { BodyError, createReceiver } from "@mintfax-webhooks/core/adapter";
import { handleNodeRequest, NodeDelivery } from "@mintfax-webhooks/core/node";

/** The outcome of a delivery here. */
export type Verified = Pick<OutcomeRecord, "outcome" | "status" | "code" | "message" | "id" | "type">;

/** Far above a receiver's own limit, which refuses a body that is too large; with `--forward`, it is passed on anyway. */
const LIMITS = { limitBytes: 10 * 1024 * 1024, timeoutMs: 10_000 };
const STATUS = { body_too_large: 413, body_timeout: 408, body_incomplete: 400, body_already_parsed: 500 };

/** The raw bytes of a request, also kept on it for the receiver and the diagnosis; or the refusal of a body that cannot be read. */
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

/** The verdict on a delivery that another server answers. Its id is not recorded. */
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

/** Makes a receiver for each delivery, so that the record its hook gets is of that delivery. */
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
