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
  /** One listener for all that wait: clients warn of an eleventh. */
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
      const come = comingOf(emitter as Emitter);
      return new Promise((resolve) => {
        const end = (): void => {
          clearTimeout(timer);
          resolve(isReady());
        };
        const timer = setTimeout(end, timeoutMs);
        void come.then(end);
      });
    },
  };
}
