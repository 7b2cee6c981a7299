import type { IncomingMessage, ServerResponse } from "node:http";
import type { ServerHttp2Stream } from "node:http2";
import { reportUnanswered } from "./give-up.ts";
import { http2StreamOf } from "./http2.ts";
import { catchLater, restoreMethods } from "./replaced-methods.ts";

// Enough for a sender that is still writing to notice the answer, too little to be of use to an attacker.
const LINGER_MS = 1_000;
const LINGER_BYTES = 1_048_576;

/** Ends a request with its answer although a part of its body has not arrived. To be called before the answer is written. */
export function endWithAnswer(req: IncomingMessage, res: ServerResponse): void {
  const stream = http2StreamOf(res);
  if (stream === undefined) lingerBeforeEnd(req, res);
  else closeStream(req, stream);
}

/** An answered stream of HTTP/2 stays open until its sender has sent the rest, which may be never. */
function closeStream(req: IncomingMessage, stream: ServerHttp2Stream): void {
  stream.once("finish", () => {
    stream.close();
    // A stream is removed only after the bytes that have arrived were read.
    req.resume();
  });
}

/**
 * Closing a connection at once would reset it, and the sender would see the reset instead of the answer. Reading on
 * without end may be what an attacker wants. So: answer, linger, close. The answer goes out at once; the end waits.
 */
function lingerBeforeEnd(req: IncomingMessage, res: ServerResponse): void {
  const end = res.end;
  catchLater(res.setHeader("connection", "close"), reportUnanswered);
  res.end = ((chunk?: unknown, ...rest: unknown[]) => {
    res.end = end;
    const endBare = (): void => {
      restoreMethods(res);
      res.end();
    };
    const onEnd = [chunk, ...rest].find((argument) => typeof argument === "function") as () => void;
    const endAgain = (): void => {
      if (!res.writableEnded) catchLater(res.end(onEnd), endBare);
    };
    if (typeof chunk === "string" || chunk instanceof Uint8Array) catchLater(res.write(chunk), endBare);
    else res.flushHeaders();
    discard(req).then(endAgain).catch(endBare).catch(reportUnanswered);
    return res;
  }) as typeof end;
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
      req.pause();
      resolve();
    }
    // A request that was given up on is paused, and a listener alone does not resume it. One of Fastify's `inject` ends and does
    // not close.
    req.on("data", onData).once("end", finish).once("close", finish).resume();
  });
}
