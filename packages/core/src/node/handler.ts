import type { IncomingMessage, ServerResponse } from "node:http";
import type { Answer } from "../incoming.ts";
import type { Receiver } from "../receiver.ts";
import { NodeDelivery } from "./delivery.ts";
import { giveUp, type OnError } from "./give-up.ts";
import { sendAnswer } from "./send-answer.ts";
import { endWithAnswer } from "./unread-body.ts";

/**
 * For adapters: treats a request of `node:http` as a delivery, and answers it. Never rejects.
 *
 * @param platform what handlers find as `context.platform`
 * @param onError gets what the request or response throws before the answer is written, as the framework's error
 *   handler does. Default: closes the connection
 *
 * @example
 * ```ts
 * const receiver = createReceiver().on("fax.delivered", markSent);
 * createServer((req, res) => void handleNodeRequest(receiver, req, res, req)).listen(3000);
 * ```
 */
export function handleNodeRequest<Platform, Tx>(
  receiver: Receiver<Platform, Tx>,
  req: IncomingMessage,
  res: ServerResponse,
  platform: Platform,
  onError?: (error: unknown) => void,
): Promise<void> {
  try {
    const delivery = begin(req, res, platform);
    return receiver.receive(delivery).then(
      (answer) => write(delivery, res, answer, onError),
      (error) => giveUp(res, error, onError),
    );
  } catch (error) {
    giveUp(res, error, onError);
    return Promise.resolve();
  }
}

function write(delivery: NodeDelivery<unknown>, res: ServerResponse, answer: Answer, onError: OnError): void {
  try {
    if (mayBeAnswered(delivery, res)) sendAnswer(res, answer, onError);
  } catch (error) {
    giveUp(res, error, onError);
  }
}

/**
 * For adapters of frameworks that write answers themselves, as Koa does: treats a request of `node:http` as a delivery.
 * If a part of its body has not arrived, `res` ends only after the receiver has read that part or given up on it.
 *
 * @param platform what handlers find as `context.platform`
 * @returns what the framework has to answer; undefined if other code has answered already or the sender hung up
 * @throws {unknown} what a patched request or response throws
 */
export async function receiveNodeRequest<Platform, Tx>(
  receiver: Receiver<Platform, Tx>,
  req: IncomingMessage,
  res: ServerResponse,
  platform: Platform,
): Promise<Answer | undefined> {
  const delivery = begin(req, res, platform);
  const answer = await receiver.receive(delivery);
  return mayBeAnswered(delivery, res) ? answer : undefined;
}

function begin<Platform>(
  req: IncomingMessage,
  res: ServerResponse,
  platform: Platform,
): NodeDelivery<Platform> {
  // Middleware that ends a response twice makes it emit an error. Without a listener that would end the process.
  res.on("error", ignore);
  return new NodeDelivery(req, platform);
}

/** Whether an answer can still be given: the sender may have hung up, or other code may have answered. */
function mayBeAnswered(delivery: NodeDelivery<unknown>, res: ServerResponse): boolean {
  if (res.destroyed || res.headersSent) return false;
  if (!delivery.hasArrived) endWithAnswer(delivery.req, res);
  return true;
}

function ignore(): void {}
