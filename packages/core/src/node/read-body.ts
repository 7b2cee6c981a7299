import type { IncomingMessage } from "node:http";
import { bodyIncomplete, bodyTimeout, bodyTooLarge } from "../delivery/body-errors.ts";
import type { BodyLimits } from "../incoming.ts";
import { startTimer } from "../timer.ts";

/**
 * Reads a body that comes in parts, beside other code that may read it too. Listens from the moment of the call.
 *
 * @param alreadyRead makes the error for a body of which other code has read a part, or all
 * @throws {BodyError} if the body is too large, too slow, cut off, or was read by other code
 */
export async function readInParts(
  req: IncomingMessage,
  limits: BodyLimits,
  alreadyRead: () => Error,
): Promise<Uint8Array> {
  const declaredBytes = declaredLength(req);
  if (declaredBytes === 0 || isEmpty(req, declaredBytes)) return new Uint8Array(0);
  // A stream that has ended does not emit its end again. Of one that has not, other code may have put bytes back.
  if (req.readableEnded) throw alreadyRead();
  if (req.readableDidRead && declaredBytes === undefined) throw alreadyRead();
  if (req.destroyed) throw bodyIncomplete(req.errored);
  return readFrom(req, limits, declaredBytes ?? 0, alreadyRead);
}

/**
 * Not raw-body: reading the request itself, it cannot be stopped at the time limit, hangs if the request closes without an
 * error, and throws outside of any `try` if other code asks for text. On a branch of the request it costs 14 % of the
 * deliveries that `bench --only http` counts for node:http.
 */
function readFrom(
  req: IncomingMessage,
  { limitBytes, timeoutMs }: BodyLimits,
  leastBytes: number,
  alreadyRead: () => Error,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const timer = startTimer(timeoutMs, () => fail(bodyTimeout(timeoutMs)));
    function fail(error: Error): void {
      stop();
      // The code that answers decides whether to read on or to hang up.
      req.pause();
      reject(error);
    }
    function onData(chunk: Buffer | string): void {
      // Other code has asked for text.
      if (typeof chunk === "string") {
        fail(alreadyRead());
        return;
      }
      length += chunk.length;
      if (length > limitBytes) fail(bodyTooLarge(limitBytes));
      else chunks.push(chunk);
    }
    function onEnd(): void {
      // Other code has read a part.
      if (length < leastBytes) {
        fail(alreadyRead());
        return;
      }
      stop();
      resolve(Buffer.concat(chunks, length));
    }
    function onCutOff(error?: Error): void {
      if (!req.readableEnded) fail(bodyIncomplete(error));
    }
    function stop(): void {
      clearTimeout(timer);
      // The listener for errors stays: an error after the end must not end the process.
      req.off("data", onData).off("end", onEnd).off("close", onCutOff);
    }
    req.on("data", onData).on("end", onEnd).on("error", onCutOff).on("close", onCutOff);
    // A listener alone would not set a paused stream going.
    req.resume();
  });
}

/** A request without a body may have ended while other code listened. */
function isEmpty(
  { readableEnded, readableDidRead }: IncomingMessage,
  declaredBytes: number | undefined,
): boolean {
  return readableEnded && !readableDidRead && declaredBytes === undefined;
}

/** Some platforms set a number. */
function declaredLength({ headers }: IncomingMessage): number | undefined {
  const length = headers["content-length"];
  return length === undefined ? undefined : Number(length);
}
