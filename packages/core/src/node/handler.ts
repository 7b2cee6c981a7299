import type { IncomingMessage, ServerResponse } from "node:http";
import type { Answer } from "../incoming.ts";
import type { Receiver } from "../receiver.ts";
import { NodeDelivery } from "./delivery.ts";
import { giveUp, hangUp } from "./give-up.ts";
import { sendAnswer } from "./send-answer.ts";
import { endWithAnswer } from "./unread-body.ts";

/**
 * For adapters: takes a request of `node:http` for a delivery, and answers it. Never rejects.
 *
 * @param platform what handlers find as `context.platform`
 * @param onError the framework's own way with errors, for what its request or response throws before the answer is
 *   written; without one, the connection is closed
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
  onError: (error: unknown) => void = (error) => hangUp(res, error),
): Promise<void> {
  try {
    const delivery = begin(req, res, platform);
    const answer = await receiver.receive(delivery);
    if (mayBeAnswered(delivery, req, res)) sendAnswer(res, answer, onError);
  } catch (error) {
    giveUp(res, error, onError);
  }
}

/**
 * For adapters of frameworks that write answers themselves, as Koa does: takes a request of `node:http` for a delivery.
 * Where a part of its body is still on its way, `res` ends only after that has been read or given up on.
 *
 * @param platform what handlers find as `context.platform`
 * @returns what the framework has to answer; undefined where something has answered already, or the sender has gone
 * @throws what the request or response throws, if it is not Node's own
 */
export async function receiveNodeRequest<Platform, Tx>(
  receiver: Receiver<Platform, Tx>,
  req: IncomingMessage,
  res: ServerResponse,
  platform: Platform,
): Promise<Answer | undefined> {
  const delivery = begin(req, res, platform);
  const answer = await receiver.receive(delivery);
  return mayBeAnswered(delivery, req, res) ? answer : undefined;
}

function begin<Platform>(
  req: IncomingMessage,
  res: ServerResponse,
  platform: Platform,
): NodeDelivery<Platform> {
  // Middleware that ends a response twice makes it emit an error, which would end the process if nothing listened.
  res.on("error", ignore);
  return new NodeDelivery(req, platform);
}

/** Whether an answer can still be given: the sender may have gone, or something else may have answered. */
function mayBeAnswered(delivery: NodeDelivery<unknown>, req: IncomingMessage, res: ServerResponse): boolean {
  if (res.destroyed || res.headersSent) return false;
  if (!delivery.hasArrived) endWithAnswer(req, res);
  return true;
}

function ignore(): void {}
