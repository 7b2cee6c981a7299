import { QueueUnavailableError } from "../errors.ts";
import { inTime } from "./in-time.ts";
import { saidBy } from "./said-by.ts";

/** @throws {QueueUnavailableError} that names the binding */
export async function ask<T>(binding: string, call: () => PromiseLike<T>): Promise<T> {
  try {
    return await inTime(call);
  } catch (error) {
    throw new QueueUnavailableError(`${binding} failed: ${saidBy(error)}`);
  }
}
