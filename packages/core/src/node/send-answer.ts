import { ServerResponse } from "node:http";
import type { Answer } from "../incoming.ts";
import { giveUp, type OnError, reportUnanswered } from "./give-up.ts";
import { catchLater, restoreMethods } from "./replaced-methods.ts";

/**
 * Writes an answer by methods that middleware may have replaced. Those may return nothing, throw, call Node's method
 * twice, or call it later and return a promise. So the state of the response counts, not what they return.
 *
 * @param onError gets what was thrown before anything was written, and has to answer
 */
export function sendAnswer(res: ServerResponse, answer: Answer, onError: OnError): void {
  const { writeHead, setHeader, end } = ServerResponse.prototype;
  try {
    // Its own methods are Node's, or what has been put in place of Node's for all responses.
    if (res.writeHead === writeHead && res.setHeader === setHeader && res.end === end) write(res, answer);
    else writeInSteps(res, answer, onError);
  } catch (error) {
    recover(res, answer, error, onError);
  }
}

function write(res: ServerResponse, { status, headers, body }: Answer): void {
  const length = Buffer.byteLength(body);
  res.writeHead(status, { ...headers, "content-length": length });
  // ASCII, as nearly every answer is. Node writes it faster if it need not look for other characters.
  res.end(body, length === body.length ? "latin1" : "utf8");
}

function writeInSteps(res: ServerResponse, answer: Answer, onError: OnError): void {
  res.statusCode = answer.status;
  for (const name in answer.headers) setHeader(res, name, answer.headers[name] as string);
  setHeader(res, "content-length", Buffer.byteLength(answer.body));
  if (Object.hasOwn(res, "writeHead")) writeHead(res, answer, onError);
  recoverLater(res.end(answer.body), res, answer, onError);
}

function setHeader(res: ServerResponse, name: string, value: string | number): void {
  catchLater(res.setHeader(name, value), reportUnanswered);
}

/** If a replaced `writeHead` leaves the head for later, `end` would write the body without it. */
function writeHead(res: ServerResponse, answer: Answer, onError: OnError): void {
  recoverLater(res.writeHead(answer.status), res, answer, onError);
  if (!res.headersSent) restoreMethods(res);
}

function recoverLater(returned: unknown, res: ServerResponse, answer: Answer, onError: OnError): void {
  catchLater(returned, (error) => recover(res, answer, error, onError));
}

function recover(res: ServerResponse, answer: Answer, error: unknown, onError: OnError): void {
  // What threw once would throw again while the error is answered, outside of any `try`.
  restoreMethods(res);
  if (res.headersSent) {
    reportUnanswered(error);
    if (!res.writableEnded) res.end(answer.body);
    return;
  }
  for (const name of [...Object.keys(answer.headers), "content-length"]) res.removeHeader(name);
  // An error handler that sets no status must not answer mintfax with a 2xx.
  res.statusCode = 500;
  giveUp(res, error, onError);
}
