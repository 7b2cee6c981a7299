import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Answer } from "../delivery/incoming.ts";

// Enough for a sender that is writing its body to notice the answer, too little to be worth an attacker's while.
const LINGER_MS = 1_000;
const LINGER_BYTES = 1_048_576;

export function sendAnswer(res: ServerResponse, answer: Answer): void {
  res.writeHead(answer.status, headersOf(answer)).end(answer.body);
}

/**
 * A part of the body may still be on its way. Closing at once would reset the connection, and the sender would see
 * that instead of the answer; reading on without end is what it may be after. So: answer, linger, close.
 */
export async function sendAndLinger(
  req: IncomingMessage,
  res: ServerResponse,
  answer: Answer,
): Promise<void> {
  res.writeHead(answer.status, { ...headersOf(answer), connection: "close" }).write(answer.body);
  await discard(req);
  res.end();
}

/**
 * The same where a framework writes the answer: what it writes goes out at once, and its end waits.
 *
 * @returns the header that the framework has to send beside the answer's own
 */
export function lingerBeforeEnd(req: IncomingMessage, res: ServerResponse): { readonly connection: "close" } {
  const end = res.end;
  res.end = ((chunk?: unknown, ...rest: unknown[]) => {
    res.end = end;
    if (typeof chunk === "string" || chunk instanceof Uint8Array) res.write(chunk);
    else res.flushHeaders();
    const onEnd = [chunk, ...rest].find((argument) => typeof argument === "function") as () => void;
    void discard(req).then(() => res.end(onEnd));
    return res;
  }) as typeof end;
  return { connection: "close" };
}

function headersOf({ headers, body }: Answer): OutgoingHttpHeaders {
  return { ...headers, "content-length": Buffer.byteLength(body) };
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
