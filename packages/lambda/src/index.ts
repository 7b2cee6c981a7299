import type { ReceiverOptions } from "@mintfax-webhooks/core";
import { checkParentheses, createReceiver, type Receiver } from "@mintfax-webhooks/core/adapter";
import type { LambdaCall } from "./call.ts";

export * from "@mintfax-webhooks/core";
export type { LambdaCall, LambdaContext } from "./call.ts";
export type { LambdaEvent } from "./event.ts";
export type { LambdaResult } from "./result.ts";
export { type LambdaHandler, toLambda } from "./to-lambda.ts";

/**
 * A receiver for {@link toLambda}. Handlers find the event and the context of AWS as `context.platform`.
 *
 * @throws {ConfigurationError} if the secret or an option is missing or invalid
 *
 * @example
 * ```ts
 * const webhooks = mintfaxWebhooks({ store }).on("fax.delivered", async ({ data: { object: fax } }) => {
 *   await orders.markSent(fax.tags.order, fax.pages);
 * });
 * export const handler = toLambda(webhooks);
 * ```
 */
export function mintfaxWebhooks<Tx = never>(
  options: ReceiverOptions<LambdaCall, Tx> = {},
  ...none: never[]
): Receiver<LambdaCall, Tx> {
  checkParentheses("toLambda(mintfaxWebhooks())", options, none);
  return createReceiver<LambdaCall, Tx>(options);
}
