/** Checked by the compiler alone, with the standard's decorators. */
import {
  type BalanceLowEvent,
  type EventOf,
  type HandlerContext,
  OnAnyEvent,
  OnFax,
} from "@mintfax-webhooks/nestjs";

export class Handlers {
  @OnFax("fax.failed")
  failed({ data: { object: fax } }: EventOf<"fax.failed">, { id }: HandlerContext): string {
    return fax.error_code + id;
  }

  @OnAnyEvent()
  async any(): Promise<void> {}

  // @ts-expect-error another event
  @OnFax("fax.failed")
  another(_event: BalanceLowEvent): void {}
}
