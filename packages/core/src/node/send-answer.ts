import type { ServerResponse } from "node:http";
import type { Answer } from "../incoming.ts";
import { giveUp, reportUnanswered } from "./give-up.ts";
import { catchLater, restoreMethods } from "./replaced-methods.ts";

/**
 * Writes an answer by methods that middleware may have replaced: its own may return nothing, throw, call Node's twice,
 * or call it later and return a promise. So nothing is expected of what they return, only of what the response has
 * become.
 *
 * @param onError gets what was thrown before anything was written; the answer is then for it to give
 */
export function sendAnswer(res: ServerResponse, answer: Answer, onError: (error: unknown) => void): void {
  try {
    res.statusCode = answer.status;
    for (const name in answer.headers) setHeader(res, name, answer.headers[name] as string);
    setHeader(res, "content-length", Buffer.byteLength(answer.body));
    if (Object.hasOwn(res, "writeHead")) writeHead(res, answer, onError);
    const returned: unknown = res.end(answer.body);
    if (returned !== res) recoverLater(returned, res, answer, onError);
  } catch (error) {
    recover(res, answer, error, onError);
  }
}

function setHeader(res: ServerResponse, name: string, value: string | number): void {
  const returned: unknown = res.setHeader(name, value);
  if (returned !== res) catchLater(returned, reportUnanswered);
}

/** Where a replaced `writeHead` leaves the head for later, `end` would write the body without it. */
function writeHead(res: ServerResponse, answer: Answer, onError: (error: unknown) => void): void {
  recoverLater(res.writeHead(answer.status), res, answer, onError);
  if (res.headersSent) return;
  restoreMethods(res);
  res.writeHead(answer.status);
}

function recoverLater(
  returned: unknown,
  res: ServerResponse,
  answer: Answer,
  onError: (error: unknown) => void,
): void {
  catchLater(returned, (error) => recover(res, answer, error, onError));
}

function recover(
  res: ServerResponse,
  answer: Answer,
  error: unknown,
  onError: (error: unknown) => void,
): void {
  // What has thrown once would do so again where the error is answered, and outside of any `try`.
  restoreMethods(res);
  if (res.headersSent) {
    reportUnanswered(error);
    if (!res.writableEnded) res.end(answer.body);
    return;
  }
  for (const name of [...Object.keys(answer.headers), "content-length"]) res.removeHeader(name);
  // An error handler that sets none must not tell mintfax that all is well.
  res.statusCode = 500;
  giveUp(res, error, onError);
}
