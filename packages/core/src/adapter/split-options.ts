import { checkOptions } from "../check-options.ts";
import { OPTION_NAMES, type ReceiverOptions } from "../options.ts";

/**
 * For adapters: parts `path`, an option of their own, from those of the receiver.
 *
 * @throws {ConfigurationError} for options that are not an object, or of which one is misspelt or undefined
 *
 * @example
 * ```ts
 * const { path, receiverOptions } = splitOptions(options);
 * const mounting = new Mounting(path);
 * const receiver = createReceiver(receiverOptions);
 * ```
 */
export function splitOptions<Platform, Tx>(
  options: ReceiverOptions<Platform, Tx> & { readonly path?: string },
): { readonly path: string | undefined; readonly receiverOptions: ReceiverOptions<Platform, Tx> } {
  checkOptions(options, [...OPTION_NAMES, "path"], "mintfaxWebhooks()");
  const { path, ...receiverOptions } = options;
  return { path, receiverOptions };
}
