import {
  createShutdown,
  type HandlerContext,
  MintfaxWebhooks,
  MintfaxWebhooksModule,
  OnFax,
  type OutcomeRecord,
} from "@mintfax-webhooks/nestjs";
import { testShutdown } from "conformance/shutdown-contract";
import { gate } from "test-support/gate";
import { describe, expect, test, vi } from "vitest";
import { create, deliver, PLATFORMS, SECRET } from "./app.ts";

for (const [platform, createAdapter] of PLATFORMS) {
  testShutdown(`NestJS on ${platform}`, {
    createShutdown: (server, webhooks, options) => createShutdown(server, webhooks, options),
    async serve(work) {
      class FaxService {
        @OnFax("fax.*")
        handle(): Promise<void> {
          return work();
        }
      }
      const imports = [MintfaxWebhooksModule.forRoot({ secret: SECRET, onOutcome: () => {} })];
      const app = await create({ imports, providers: [FaxService] }, createAdapter());
      await app.init();
      await app.getHttpAdapter().getInstance().ready?.();
      return { server: app.getHttpServer(), webhooks: app.get(MintfaxWebhooks) };
    },
  });
}

describe.each(PLATFORMS)(
  "app.close(), which enableShutdownHooks() has at SIGTERM, on %s",
  (_, createAdapter) => {
    // Node keeps a connection for 5 s, and Fastify for 72 s, where an answer does not close it.
    test("answers deliveries under way, and waits for work that outlives its answer", async () => {
      const order: string[] = [];
      const [started, handled, later] = [gate(), gate(), gate()];
      class FaxService {
        @OnFax("fax.failed")
        async failed(_event: object, { waitUntil }: HandlerContext): Promise<void> {
          started.open();
          await handled.promise;
          order.push("handled");
          waitUntil(later.promise.then(() => order.push("afterwards")));
        }
        async beforeApplicationShutdown(): Promise<void> {
          order.push("closing");
          handled.open();
        }
      }
      const onOutcome = ({ outcome }: OutcomeRecord) => {
        order.push(outcome);
        setImmediate(later.open);
      };
      const imports = [MintfaxWebhooksModule.forRoot({ secret: SECRET, onOutcome })];
      const app = await create({ imports, providers: [FaxService] }, createAdapter());
      await app.listen(0, "127.0.0.1");
      const answer = deliver(await app.getUrl());
      await started.promise;
      await app.close().then(() => order.push("closed"));
      expect(await answer).toBe("200 processed");
      expect(order).toEqual(["closing", "handled", "processed", "afterwards", "closed"]);
    });

    test("does not wait for ever: 15 s after a handler's deadline it goes on without it", async () => {
      const handled = gate();
      class FaxService {
        @OnFax("fax.failed")
        failed(): Promise<void> {
          return handled.promise;
        }
      }
      const imports = [
        MintfaxWebhooksModule.forRoot({
          secret: SECRET,
          deadlineMs: 20,
          onOutcome: () => {},
          onLateOutcome: () => {},
        }),
      ];
      const app = await create({ imports, providers: [FaxService] }, createAdapter());
      await app.listen(0, "127.0.0.1");
      expect(await deliver(await app.getUrl())).toBe("503 handler_timed_out");
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      try {
        const closed = app.close().then(
          () => "closed",
          ({ code }) => code,
        );
        await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0));
        await vi.advanceTimersByTimeAsync(15_020);
        expect(await closed).toMatch(/^(closed|shutdown_incomplete)$/);
      } finally {
        vi.useRealTimers();
        handled.open();
      }
    });
  },
);
