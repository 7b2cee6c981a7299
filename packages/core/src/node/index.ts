import type { IncomingMessage, ServerResponse } from "node:http";
import type { Receiver } from "../receiver.ts";
import { NodeDelivery } from "./delivery.ts";
import { sendAndLinger, sendAnswer } from "./send-answer.ts";

export { NodeDelivery } from "./delivery.ts";

/**
 * For adapters: takes a request of `node:http` for a delivery, and answers it. Never rejects.
 *
 * @param platform what handlers find as `context.platform`
 *
 * @example
 * ```ts
 * const receiver = createReceiver().on("fax.delivered", markSent);
 * createServer((req, res) => void handleNodeRequest(receiver, req, res, req)).listen(3000);
 * ```
 */
export async function handleNodeRequest<Platform, Tx>(
  receiver: Receiver<Platform, Tx>,
  req: IncomingMessage,
  res: ServerResponse,
  platform: Platform,
): Promise<void> {
  const delivery = new NodeDelivery(req, platform);
  const answer = await receiver.receive(delivery);
  // The sender has gone, or somebody else has answered in our place.
  if (res.destroyed || res.headersSent) return;
  if (delivery.hasArrived || req.httpVersionMajor > 1) sendAnswer(res, answer);
  else await sendAndLinger(req, res, answer);
}
