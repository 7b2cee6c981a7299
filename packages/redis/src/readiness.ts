import type { RedisClient } from "./client.ts";
import { isSingleNodeRedis } from "./departure.ts";

/** Whether a client sends commands now, or keeps them until it has a connection. */
export interface Readiness {
  readonly isReady: boolean;
  /** Resolves with true once it is ready, with false when time is up. */
  within(timeoutMs: number): Promise<boolean>;
}

/** Of ioredis: a connection is on its way. With `lazyConnect` the first command makes one; a closed client refuses at once. */
const CONNECTING: readonly unknown[] = ["connecting", "connect", "reconnecting", "close"];

interface Emitter {
  once(event: "ready", listener: () => void): unknown;
  off(event: "ready", listener: () => void): unknown;
}

/** A client that does not tell counts as ready; so does a cluster of node-redis, which refuses at once what it cannot send. */
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
  return {
    get isReady() {
      return isReady();
    },
    within(timeoutMs) {
      const { once, off } = client as Partial<Emitter>;
      if (typeof once !== "function" || typeof off !== "function") return Promise.resolve(true);
      return new Promise((resolve) => {
        const end = (): void => {
          clearTimeout(timer);
          off.call(client, "ready", end);
          resolve(isReady());
        };
        const timer = setTimeout(end, timeoutMs);
        once.call(client, "ready", end);
      });
    },
  };
}
