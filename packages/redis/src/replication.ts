import { StoreUnavailableError } from "@mintfax-webhooks/core/store";
import { integerFrom } from "./answers.ts";
import type { RedisClient } from "./client.ts";
import { storeErrorFrom } from "./errors.ts";

const REPLICAS = { min: 0, max: Number.MAX_SAFE_INTEGER };

/** A script's answer. */
export interface Answered {
  readonly answer: unknown;
  /** Why the change does not count although it was made: too few replicas are known to have it. */
  readonly doubt: Error | undefined;
}

/** Waits until replicas have confirmed what a script has written, which was sent just before. */
export type Wait = (sent: Promise<unknown>, replicas: number, timeoutMs: number) => Promise<Answered>;

/**
 * `WAIT` speaks of what its own connection has written. A client with several connections could send it over another,
 * where nothing was written and nothing has to be waited for. So a client has to show that it is one connection.
 *
 * @returns undefined for a client that does not
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
        // Connected anew in between, or sent in another order: it was asked where nothing had been written.
        if (over !== connection())
          return unconfirmed("WAIT was not answered by the connection of the change");
        if (confirmed >= replicas) return undefined;
        return unconfirmed(`${confirmed} of ${replicas} replicas have confirmed the change in time`);
      } catch (error) {
        return storeErrorFrom(error);
      }
    };
    const [answer, why] = await Promise.all([answered, doubt()]);
    return { answer, doubt: why };
  };
}

const NOT_ANSWERED = Symbol("the script is not answered");

/** By what only one connection has: ioredis a queue of commands to be answered, node-redis the state of a subscriber. */
function connectionOf(client: object): (() => unknown) | undefined {
  if ("evalsha" in client && "commandQueue" in client) {
    return () => ("stream" in client ? client.stream : undefined);
  }
  if ("evalSha" in client && "isPubSubActive" in client) {
    // Version 4 has no epoch. It sends nothing again, so only an order that is wrong is noticed.
    return () => ("socketEpoch" in client ? client.socketEpoch : undefined);
  }
  return undefined;
}

function unconfirmed(why: string): StoreUnavailableError {
  return new StoreUnavailableError(`${why}, so it does not count.`);
}
