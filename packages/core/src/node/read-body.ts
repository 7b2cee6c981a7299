import type { IncomingMessage } from "node:http";
import { bodyIncomplete, bodyTimeout, bodyTooLarge } from "../delivery/body-errors.ts";
import type { BodyLimits } from "../incoming.ts";
import { startTimer } from "../timer.ts";

/**
 * Reads a body that comes bit by bit, beside others that may read it too. One of a single chunk is not copied. Listens
 * from the moment of the call.
 *
 * @param alreadyRead makes the error for a body of which others have read a part, or all
 * @throws {BodyError} where it cannot be had within the limits
 */
export function readStream(
  req: IncomingMessage,
  { limitBytes, timeoutMs }: BodyLimits,
  alreadyRead: () => Error,
): Promise<Uint8Array> {
  const declaredBytes = declaredLength(req);
  if (declaredBytes === 0 || isEmpty(req, declaredBytes)) return Promise.resolve(new Uint8Array(0));
  // A stream that is over does not say once more that it has ended. What was read of another one may have been put back.
  if (req.readableEncoding !== null || req.readableEnded) return Promise.reject(alreadyRead());
  if (req.readableDidRead && declaredBytes === undefined) return Promise.reject(alreadyRead());
  if (req.destroyed) return Promise.reject(bodyIncomplete(req.errored));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const timer = startTimer(timeoutMs, () => fail(bodyTimeout(timeoutMs)));
    function fail(error: Error): void {
      stop();
      // What follows is for the one who answers: to read on, or to hang up.
      req.pause();
      reject(error);
    }
    function onData(chunk: Buffer | string): void {
      // Other code has asked for text in the meantime.
      if (typeof chunk === "string") {
        fail(alreadyRead());
        return;
      }
      length += chunk.length;
      if (length > limitBytes) fail(bodyTooLarge(limitBytes));
      else chunks.push(chunk);
    }
    function onEnd(): void {
      if (declaredBytes !== undefined && length < declaredBytes) {
        fail(alreadyRead());
        return;
      }
      stop();
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, length));
    }
    function onCutOff(error?: Error): void {
      fail(bodyIncomplete(error));
    }
    function stop(): void {
      clearTimeout(timer);
      // A listener for errors stays: one that comes after the end must not end the process.
      req.off("data", onData).off("end", onEnd).off("close", onCutOff);
    }
    req.on("data", onData).on("end", onEnd).on("error", onCutOff).on("close", onCutOff);
    // A listener alone would not set a paused stream going.
    req.resume();
  });
}

/** One without a body may have come to its end while others listened. */
function isEmpty(
  { readableEnded, readableDidRead }: IncomingMessage,
  declaredBytes: number | undefined,
): boolean {
  return readableEnded && !readableDidRead && declaredBytes === undefined;
}

/** Some platforms have a number there. */
function declaredLength({ headers }: IncomingMessage): number | undefined {
  const length = headers["content-length"];
  return length === undefined ? undefined : Number(length);
}
