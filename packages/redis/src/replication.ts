import { StoreUnavailableError } from "@mintfax-webhooks/core/store";
import { integerFrom } from "./answers.ts";
import type { RedisClient } from "./client.ts";
import { storeErrorFrom } from "./errors.ts";

const REPLICAS = { min: 0, max: Number.MAX_SAFE_INTEGER };

/** A script's answer. */
export interface Answered {
  readonly answer: unknown;
  /** Why the change does not count although Redis made it: too few replicas have confirmed it. */
  readonly doubt: Error | undefined;
}

/** Waits until replicas have confirmed what a script, sent just before, has written. */
export type Wait = (sent: Promise<unknown>, replicas: number, timeoutMs: number) => Promise<Answered>;

/**
 * `WAIT` counts what its own connection has written. A client with several connections could send it over another one, where
 * nothing was written, so it would confirm nothing. So the client has to be one connection.
 *
 * @returns undefined for a client that is not known to be one connection
 */
export function waitOf(client: RedisClient): Wait | undefined {
  const connection = connectionOf(client);
  if (connection === undefined || !("wait" in client) || typeof client.wait !== "function") return undefined;
  const { wait } = client as { wait(replicas: number, timeoutMs: number): Promise<unknown> };
  return async (sent, replicas, timeoutMs) => {
    let over: unknown = NOT_ANSWERED;
    const answered = sent.then((answer) => {
      over = connection();
      return answer;
    });
    const doubt = async (): Promise<Error | undefined> => {
      try {
        const confirmed = integerFrom(await wait.call(client, replicas, timeoutMs), REPLICAS);
        // The client connected again in between, or sent WAIT first: the connection of WAIT had written nothing.
        if (over !== connection())
          return unconfirmed("WAIT was answered by another connection than the one that made the change");
        if (confirmed >= replicas) return undefined;
        return unconfirmed(
          `${confirmed} of ${replicas} replicas have confirmed the change within ${timeoutMs} ms`,
        );
      } catch (error) {
        return storeErrorFrom(error);
      }
    };
    const [answer, why] = await Promise.all([answered, doubt()]);
    return { answer, doubt: why };
  };
}

const NOT_ANSWERED = Symbol("the script is not answered");

/** Told by a property that only a single connection has: the command queue of ioredis, the subscriber's state of node-redis. */
function connectionOf(client: object): (() => unknown) | undefined {
  if ("evalsha" in client && "commandQueue" in client) {
    return () => ("stream" in client ? client.stream : undefined);
  }
  if ("evalSha" in client && "isPubSubActive" in client) {
    // Version 4 has no epoch. It sends no command twice, so only a wrong order can be noticed.
    return () => ("socketEpoch" in client ? client.socketEpoch : undefined);
  }
  return undefined;
}

function unconfirmed(why: string): StoreUnavailableError {
  return new StoreUnavailableError(`${why}, so the change does not count.`);
}
