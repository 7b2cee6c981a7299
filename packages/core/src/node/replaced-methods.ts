import type { ServerResponse } from "node:http";
import { isPromiseLike } from "../maybe-promise.ts";
import { reportUnanswered } from "./give-up.ts";

const METHODS = ["setHeader", "writeHead", "write", "end"] as const;

/** Removes what middleware has put in place of a response's own methods. */
export function restoreMethods(res: ServerResponse): void {
  for (const name of METHODS) Reflect.deleteProperty(res, name);
}

/** Node's own methods do not return promises. Those of middleware may, and the promise may reject. */
export function catchLater(returned: unknown, onFailure: (error: unknown) => void): void {
  if (isPromiseLike(returned)) Promise.resolve(returned).catch(onFailure).catch(reportUnanswered);
}
