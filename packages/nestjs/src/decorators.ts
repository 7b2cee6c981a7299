import type { EventByPattern, EventPattern, Handler, HandlerContext } from "@mintfax-webhooks/core";
import { decorate } from "./decorated.ts";

/**
 * Fits methods that take the event, or a type that it fits, and return anything. A decorator knows neither the
 * framework nor the store, so a method may declare any `platform` and `tx` in its context.
 */
// biome-ignore lint/suspicious/noExplicitAny: the method declares its own type
type HandlerMethod<Pattern extends EventPattern> = Handler<EventByPattern[Pattern], HandlerContext<any, any>>;

/** A decorator of methods, for `experimentalDecorators` and for the standard's decorators. */
export interface HandlerDecorator<Pattern extends EventPattern> {
  <Method extends HandlerMethod<Pattern>>(
    prototype: object,
    name: string | symbol,
    method: TypedPropertyDescriptor<Method>,
  ): void;
  <Method extends HandlerMethod<Pattern>>(method: Method, context: ClassMethodDecoratorContext): void;
}

/** A type of a fax event, or `fax.*` for those without a handler of their own. */
export type FaxPattern = Extract<EventPattern, `fax.${string}`>;
/** A type of a balance event, or `balance.*` for those without a handler of their own. */
export type BalancePattern = Extract<EventPattern, `balance.${string}`>;

/**
 * Makes a method of a provider the handler of a fax event, or of `fax.*`. The method is given the event and its
 * `HandlerContext`. A type has one handler in the application: a second one is refused at boot.
 *
 * @param receiver the `name` of the module whose deliveries it handles. Default: the module without a name
 * @throws {ConfigurationError} `handler_invalid` for what is not a method of instances
 *
 * @example
 * ```ts
 * @Injectable()
 * export class FaxService {
 *   constructor(private readonly orders: OrdersService) {}
 *
 *   @OnFax("fax.failed")
 *   async markFailed({ data: { object: fax } }: EventOf<"fax.failed">): Promise<void> {
 *     await this.orders.markFailed(fax.tags.order, fax.error_code);
 *   }
 * }
 * ```
 */
export function OnFax<Pattern extends FaxPattern>(
  pattern: Pattern,
  receiver?: string,
): HandlerDecorator<Pattern> {
  return decorate("OnFax", pattern, receiver);
}

/**
 * Makes a method of a provider the handler of a balance event, or of `balance.*`, as {@link OnFax} does.
 *
 * @param receiver the `name` of the module whose deliveries it handles. Default: the module without a name
 * @throws {ConfigurationError} `handler_invalid` for what is not a method of instances
 *
 * @example
 * ```ts
 * @OnBalance("balance.low")
 * async warn({ data: { object: balance } }: EventOf<"balance.low">): Promise<void> {}
 * ```
 */
export function OnBalance<Pattern extends BalancePattern>(
  pattern: Pattern,
  receiver?: string,
): HandlerDecorator<Pattern> {
  return decorate("OnBalance", pattern, receiver);
}

/**
 * Makes a method of a provider the handler of every event without a handler of its own, as {@link OnFax} does.
 *
 * @param receiver the `name` of the module whose deliveries it handles. Default: the module without a name
 * @throws {ConfigurationError} `handler_invalid` for what is not a method of instances
 */
export function OnAnyEvent(receiver?: string): HandlerDecorator<"*"> {
  return decorate("OnAnyEvent", "*", receiver);
}
