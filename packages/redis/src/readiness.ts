import { StoreUnavailableError, withinLimit } from "@mintfax-webhooks/core/store";
import type { RedisClient } from "./client.ts";
import { isSingleNodeRedis } from "./departure.ts";

/** Whether a client sends commands now, or queues them until it has a connection. */
export interface Readiness {
  readonly isReady: boolean;
  /** Resolves once the client is ready or was closed, or when the time is over: with whether a call would not be queued. */
  within(timeoutMs: number): Promise<boolean>;
}

/** States of ioredis while it connects. With `lazyConnect` the first command connects; a closed client refuses at once. */
const CONNECTING: readonly unknown[] = ["connecting", "connect", "reconnecting", "close"];

interface Emitter {
  on(event: "ready" | "end", listener: () => void): unknown;
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
  /** One pair of listeners for all calls that wait, since clients warn about an eleventh. */
  let isListening = false;
  let change: Promise<void> | undefined;
  let changed = (): void => {};
  const changeOf = ({ on }: Emitter): Promise<void> => {
    if (!isListening) {
      isListening = true;
      const tell = (): void => {
        change = undefined;
        changed();
      };
      on.call(client, "ready", tell);
      // Closed by the application: it refuses at once.
      on.call(client, "end", tell);
    }
    change ??= new Promise((resolve) => {
      changed = resolve;
    });
    return change;
  };
  return {
    get isReady() {
      return isReady();
    },
    within(timeoutMs) {
      const emitter = client as Partial<Emitter>;
      if (typeof emitter.on !== "function") return Promise.resolve(true);
      return withinLimit(changeOf(emitter as Emitter), timeoutMs, late).then(isReady, isReady);
    },
  };
}

function late(limitMs: number): StoreUnavailableError {
  return new StoreUnavailableError(`The client of Redis was not ready within ${limitMs} ms.`);
}
