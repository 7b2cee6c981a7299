import type {
  EventByPattern,
  EventPattern,
  Forgetting,
  Handler,
  HandlerContext,
  Webhooks,
} from "@mintfax-webhooks/core";
import type { ReceiverSetup } from "@mintfax-webhooks/core/adapter";
import type { InjectionToken } from "@nestjs/common";

/**
 * What a module's receiver offers beside taking deliveries, to be injected: by its class for the module without a name,
 * by {@link getWebhooksToken} for another one.
 *
 * @example
 * ```ts
 * @Injectable()
 * export class ReplayService {
 *   constructor(private readonly webhooks: MintfaxWebhooks) {}
 *
 *   forget(id: string) {
 *     return this.webhooks.forget(id); // then "Retry now" in mintfax's dashboard
 *   }
 * }
 * ```
 */
export class MintfaxWebhooks<Platform = unknown, Tx = never> implements Webhooks<Platform, Tx> {
  readonly #receiver: Webhooks<Platform, Tx>;

  /** Nest makes it. */
  constructor(receiver: Webhooks<Platform, Tx>) {
    this.#receiver = receiver;
  }

  on<Pattern extends EventPattern>(
    pattern: Pattern,
    handler: Handler<EventByPattern[Pattern], HandlerContext<Platform, Tx>>,
  ): this {
    this.#receiver.on(pattern, handler);
    return this;
  }

  forget(id: string): Promise<Forgetting> {
    return this.#receiver.forget(id);
  }

  drain(): Promise<void> {
    return this.#receiver.drain();
  }

  /** For `checkSetup`. */
  "~setup"(platform?: Platform): ReceiverSetup {
    return this.#receiver["~setup"](platform);
  }
}

/**
 * By what the {@link MintfaxWebhooks} of a module are injected.
 *
 * @param name of the module, as in `forRoot({ name })`. Default: the module without a name
 *
 * @example
 * ```ts
 * constructor(@Inject(getWebhooksToken("billing")) private readonly webhooks: MintfaxWebhooks) {}
 * ```
 */
export function getWebhooksToken(name?: string): InjectionToken<MintfaxWebhooks> {
  return name === undefined ? MintfaxWebhooks : `MintfaxWebhooks(${name})`;
}
