import { BodyError } from "../errors.ts";

/** Why a body could not be read, in the same words on every platform. */
export function bodyTooLarge(limitBytes: number): BodyError {
  return new BodyError(
    "body_too_large",
    `The body is larger than ${limitBytes} bytes, the limit of this endpoint (bodyLimitBytes).`,
  );
}

export function bodyTimeout(timeoutMs: number): BodyError {
  return new BodyError("body_timeout", `The body was not complete after ${timeoutMs} ms (bodyTimeoutMs).`);
}

export function bodyIncomplete(cause: unknown): BodyError {
  return new BodyError("body_incomplete", "The connection ended before the body was complete.", { cause });
}

/** @param fix what to change in this server */
export function bodyAlreadyParsed(fix: string): BodyError {
  return new BodyError(
    "body_already_parsed",
    `Other code in this server read the body before the webhook receiver, which needs the raw bytes. ${fix}`,
  );
}
