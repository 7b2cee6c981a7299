import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { createShutdown, ShutdownServer } from "@mintfax-webhooks/core/node";
import { keepLoading } from "test-support/keep-alive-load";
import { describe, expect, test } from "vitest";

export const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";

/** A server that takes deliveries at the default path, and its receiver. */
export interface Served {
  readonly server: ShutdownServer;
  readonly webhooks: { drain(): Promise<void> };
}

/** Puts it on a free port. Returns the URL of deliveries. */
export async function listening(server: ShutdownServer): Promise<string> {
  (server as Server).listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/mintfax`;
}

/** A framework, as its users have it. */
export interface ShutdownTarget {
  readonly createShutdown: typeof createShutdown;
  /** A server whose handler of every event does this work. */
  serve(work: () => Promise<void>): Served | Promise<Served>;
}

/** What `createShutdown` promises on every framework. */
export function testShutdown(framework: string, { createShutdown, serve }: ShutdownTarget): void {
  describe(`createShutdown, ${framework}`, () => {
    test.each([50, 300])(
      "32 kept-alive connections, back to back, handlers of %i ms: all that was accepted is answered",
      async (ms) => {
        let atWork = 0;
        const { server, webhooks } = await serve(async () => {
          atWork += 1;
          await new Promise((resolve) => setTimeout(resolve, ms));
          atWork -= 1;
        });
        let atWorkInTheEnd: number | undefined;
        const shutDown = createShutdown(server, webhooks, {
          afterwards: () => {
            atWorkInTheEnd = atWork;
          },
        });
        const load = keepLoading(await listening(server), SECRET, 32);
        await load.usedEach(2);
        load.mark();
        await shutDown();
        await load.refused;
        expect(load.dropped).toEqual([]);
        expect(load.statuses.filter((status) => status !== 200)).toEqual([]);
        // The one under way; before it, one that had left already and was still to be read.
        expect(Math.max(...load.answersAfterMark)).toBeLessThanOrEqual(2);
        expect(atWorkInTheEnd).toBe(0);
      },
    );
  });
}
