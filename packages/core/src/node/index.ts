import type { IncomingMessage, ServerResponse } from "node:http";
import type { Receiver } from "../receiver.ts";
import { readBody } from "./read-body.ts";
import { sendAnswer } from "./send-answer.ts";

export { readBody as readNodeBody } from "./read-body.ts";

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
  const answer = await receiver.receive({
    method: req.method ?? "",
    header: (name) => req.headers[name],
    readBody: (limits) => readBody(req, limits),
    platform,
  });
  const lingering = sendAnswer(req, res, answer);
  if (lingering !== undefined) await lingering;
}
