import { StoreUnavailableError, withinLimit } from "@mintfax-webhooks/core/store";
import type { RedisClient } from "./client.ts";
import { isSingleNodeRedis } from "./departure.ts";

/** Whether a client sends commands now, or queues them until it has a connection. */
export interface Readiness {
  readonly isReady: boolean;
  /** Resolves with true once the client is ready, with false when the time is over. */
  within(timeoutMs: number): Promise<boolean>;
}

/** States of ioredis while it connects. With `lazyConnect` the first command connects; a closed client refuses at once. */
const CONNECTING: readonly unknown[] = ["connecting", "connect", "reconnecting", "close"];

interface Emitter {
  once(event: "ready", listener: () => void): unknown;
}

/** A client without a state counts as ready; so does a cluster of node-redis, which refuses at once what it cannot send. */
export function readinessOf(client: RedisClient): Readiness {
  const foreign = client as {
    readonly status?: unknown;
    readonly isOpen?: unknown;
    readonly isReady?: unknown;
  };
  const isReady = (): boolean => {
    try {
      return "evalsha" in client
        ? !CONNECTING.includes(foreign.status)
        : !isSingleNodeRedis(client) || foreign.isOpen !== true || foreign.isReady !== false;
    } catch {
      return true;
    }
  };
  /** One listener for all calls that wait, since clients warn about an eleventh. */
  let coming: Promise<void> | undefined;
  const comingOf = ({ once }: Emitter): Promise<void> => {
    coming ??= new Promise((resolve) => {
      once.call(client, "ready", () => {
        coming = undefined;
        resolve();
      });
    });
    return coming;
  };
  return {
    get isReady() {
      return isReady();
    },
    within(timeoutMs) {
      const emitter = client as Partial<Emitter>;
      if (typeof emitter.once !== "function") return Promise.resolve(true);
      return withinLimit(comingOf(emitter as Emitter), timeoutMs, late).then(isReady, isReady);
    },
  };
}

function late(limitMs: number): StoreUnavailableError {
  return new StoreUnavailableError(`The client of Redis was not ready within ${limitMs} ms.`);
}
