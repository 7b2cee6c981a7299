import type { IncomingMessage, ServerResponse } from "node:http";
import type { ServerHttp2Stream } from "node:http2";
import { reportUnanswered } from "./give-up.ts";
import { http2StreamOf } from "./http2.ts";
import { catchLater, restoreMethods } from "./replaced-methods.ts";

// Enough for a sender that is writing its body to notice the answer, too little to be worth an attacker's while.
const LINGER_MS = 1_000;
const LINGER_BYTES = 1_048_576;

/** Lets an answer be the end of a request, a part of whose body is still on its way. To be called before it is written. */
export function endWithAnswer(req: IncomingMessage, res: ServerResponse): void {
  const stream = http2StreamOf(res);
  if (stream === undefined) lingerBeforeEnd(req, res);
  else closeStream(req, stream);
}

/** A stream of HTTP/2 that is answered stays open until its sender has sent the rest, which may be never. */
function closeStream(req: IncomingMessage, stream: ServerHttp2Stream): void {
  stream.once("finish", () => {
    stream.close();
    // Nor is a stream gone before what has arrived of it was read.
    req.resume();
  });
}

/**
 * To close a connection at once would reset it, and the sender would see that instead of the answer; to read on without
 * end is what it may be after. So: answer, linger, close. What is written goes out at once, and its end waits.
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
      req.off("data", onData).off("close", finish).off("end", finish).pause();
      resolve();
    }
    // A request that was given up on is paused; a listener alone would not set it going again.
    req.on("data", onData).once("close", finish).once("end", finish).resume();
  });
}
