/** Checked by the compiler alone, with `experimentalDecorators`. */
import {
  type BalanceLowEvent,
  createMemoryStore,
  type EventOf,
  type Fax,
  type FaxFailedEvent,
  type HandlerContext,
  type MintfaxEvent,
  type MintfaxWebhooks,
  MintfaxWebhooksModule,
  OnAnyEvent,
  OnBalance,
  OnFax,
  type TransactionalStore,
  type UnknownEvent,
} from "@mintfax-webhooks/nestjs";
import type { Request } from "express";

declare const sql: TransactionalStore<{ query(text: string): Promise<void> }>;

MintfaxWebhooksModule.forRoot();
MintfaxWebhooksModule.forRoot({ store: sql });
MintfaxWebhooksModule.forRoot({
  store: createMemoryStore(),
  secret: ({ platform }) => platform.headers.host,
});
MintfaxWebhooksModule.forRootAsync({ inject: ["secret"], useFactory: (secret: string) => ({ secret }) });
MintfaxWebhooksModule.forRootAsync({ useFactory: async () => ({ store: sql }) });
// @ts-expect-error no such option
MintfaxWebhooksModule.forRoot({ deadline: 1 });
// @ts-expect-error a name is said outside of the factory
MintfaxWebhooksModule.forRootAsync({ useFactory: () => ({ name: "billing" }) });

export class Handlers {
  @OnFax("fax.failed")
  failed({ data: { object: fax } }: EventOf<"fax.failed">): string {
    return fax.error_code;
  }

  @OnFax("fax.delivered", "billing")
  async withoutArguments(): Promise<void> {}

  @OnFax("fax.queued")
  @OnFax("fax.sending")
  wider(_event: { readonly data: { readonly object: Fax } }, { signal }: HandlerContext): boolean {
    return signal.aborted;
  }

  @OnFax("fax.failed")
  withPlatformAndTransaction(
    _event: FaxFailedEvent,
    { platform, tx }: HandlerContext<Request, { query(text: string): Promise<void> }>,
  ): Promise<void> {
    return tx.query(platform.ip ?? "");
  }

  @OnAnyEvent("billing")
  any(_event: MintfaxEvent | UnknownEvent): void {}

  // @ts-expect-error another event
  @OnFax("fax.failed")
  another(_event: BalanceLowEvent): void {}

  // @ts-expect-error the group has other events, too
  @OnFax("fax.*")
  narrow(_event: FaxFailedEvent): void {}

  // @ts-expect-error no such event
  @OnFax("fax.sent")
  sent(): void {}

  // @ts-expect-error a balance's event
  @OnFax("balance.low")
  balance(): void {}

  @OnBalance("balance.*")
  low(event: { readonly type: string }): string {
    return event.type;
  }

  // @ts-expect-error no handler has a third argument
  @OnFax("fax.failed")
  three(_event: FaxFailedEvent, _context: HandlerContext, _more: string): void {}
}

declare const webhooks: MintfaxWebhooks;
webhooks.on("fax.failed", ({ data }) => data.object.error_code satisfies string) satisfies MintfaxWebhooks;
