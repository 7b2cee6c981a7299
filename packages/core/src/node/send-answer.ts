import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Answer } from "../delivery/incoming.ts";

// Enough for a sender that is writing its body to notice the answer, too little to be worth an attacker's while.
const LINGER_MS = 1_000;
const LINGER_BYTES = 1_048_576;

/** @returns a promise only where it has to wait for the sender */
export function sendAnswer(
  req: IncomingMessage,
  res: ServerResponse,
  answer: Answer,
): Promise<void> | undefined {
  // The sender has gone, or somebody else has answered in our place.
  if (res.destroyed || res.headersSent) return undefined;
  const headers = { ...answer.headers, "content-length": Buffer.byteLength(answer.body) };
  if (!req.complete && req.httpVersionMajor <= 1) return linger(req, res, answer, headers);
  res.writeHead(answer.status, headers).end(answer.body);
  return undefined;
}

/**
 * A part of the body may still be on its way. Closing at once would reset the connection, and the sender would see
 * that instead of the answer; reading on without end is what it may be after. So: answer, linger, close.
 */
async function linger(
  req: IncomingMessage,
  res: ServerResponse,
  answer: Answer,
  headers: OutgoingHttpHeaders,
): Promise<void> {
  res.writeHead(answer.status, { ...headers, connection: "close" }).write(answer.body);
  await discard(req);
  res.end();
}

function discard(req: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let leftBytes = LINGER_BYTES;
    const timer = setTimeout(finish, LINGER_MS);
    function onData(chunk: Buffer): void {
      leftBytes -= chunk.length;
      if (leftBytes < 0) finish();
    }
    function finish(): void {
      clearTimeout(timer);
      req.off("data", onData).off("close", finish).off("end", finish).pause();
      resolve();
    }
    // A request that was given up on is paused; a listener alone would not set it going again.
    req.on("data", onData).once("close", finish).once("end", finish).resume();
  });
}
