import type { IncomingMessage, ServerResponse } from "node:http";
import type { Answer } from "../delivery/incoming.ts";
import type { Receiver } from "../receiver.ts";
import { NodeDelivery } from "./delivery.ts";
import { lingerBeforeEnd, sendAndLinger, sendAnswer } from "./send-answer.ts";

export { NodeDelivery } from "./delivery.ts";
export { createShutdown, type ShutdownOptions, type ShutdownServer } from "./shutdown.ts";

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

/**
 * For adapters of frameworks that write answers themselves, as Koa does: takes a request of `node:http` for a delivery.
 * Where a part of its body is still on its way, `res` ends only after that has been read or given up on. Never rejects.
 *
 * @param platform what handlers find as `context.platform`
 * @returns what the framework has to answer; undefined where something has answered already, or the sender has gone
 */
export async function receiveNodeRequest<Platform, Tx>(
  receiver: Receiver<Platform, Tx>,
  req: IncomingMessage,
  res: ServerResponse,
  platform: Platform,
): Promise<Answer | undefined> {
  const delivery = new NodeDelivery(req, platform);
  const answer = await receiver.receive(delivery);
  if (res.destroyed || res.headersSent) return undefined;
  if (delivery.hasArrived || req.httpVersionMajor > 1) return answer;
  return { ...answer, headers: { ...answer.headers, ...lingerBeforeEnd(req, res) } };
}
