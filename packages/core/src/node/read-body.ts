import type { IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";
import getRawBody from "raw-body";
import { bodyIncomplete, bodyTimeout, bodyTooLarge } from "../delivery/body-errors.ts";
import { memberOf } from "../foreign.ts";
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
  if (req.readableEncoding !== null || req.readableEnded) throw alreadyRead();
  if (req.readableDidRead && declaredBytes === undefined) throw alreadyRead();
  if (req.destroyed) throw bodyIncomplete(req.errored);
  const bytes = await readBranch(req, limits);
  // Other code has read a part, or has asked for text in the meantime.
  if (bytes.length < (declaredBytes ?? 0) || req.readableEncoding !== null) throw alreadyRead();
  return bytes;
}

/**
 * raw-body reads a branch of the request. Reading the request itself, it could not be stopped at the time limit, would
 * hang if the request closed without an error, and would throw outside of any `try` if other code asked for text.
 */
async function readBranch(req: IncomingMessage, { limitBytes, timeoutMs }: BodyLimits): Promise<Uint8Array> {
  const branch = new PassThrough();
  const reading = getRawBody(branch, { limit: limitBytes });
  const timer = startTimer(timeoutMs, () => branch.destroy(bodyTimeout(timeoutMs)));
  const onCutOff = (error?: Error): void => {
    if (!req.readableEnded) branch.destroy(bodyIncomplete(error));
  };
  try {
    // The listener for errors stays: an error after the end must not end the process.
    req.on("error", onCutOff).on("close", onCutOff).pipe(branch);
    return await reading;
  } catch (error) {
    req.unpipe(branch);
    branch.destroy();
    // The code that answers decides whether to read on or to hang up.
    req.pause();
    throw memberOf(error, "type") === "entity.too.large" ? bodyTooLarge(limitBytes) : error;
  } finally {
    clearTimeout(timer);
    req.off("close", onCutOff);
  }
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
