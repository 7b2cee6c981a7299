import { ConfigurationError, checkOptions } from "@mintfax-webhooks/core/store";
import { QueueMisconfiguredError } from "../errors.ts";
import type { Enqueued, Queue } from "../queue.ts";
import type { CloudflareQueueBinding, LargeBodiesBinding } from "./bindings.ts";
import { send } from "./send.ts";

/** As Cloudflare's product, in telemetry. */
export const ENGINE = "cloudflare-queues";

/** Options of {@link cloudflareQueue}. */
export interface CloudflareQueueOptions<Platform = never> {
  /** The queue's name, for telemetry: a binding does not tell it. Default `"mintfax"`. */
  readonly name?: string;
  /**
   * A binding of R2 or KV for bodies that make a message larger than 127,000 bytes, or a function of the delivery that finds
   * it. Each is overwritten with an empty text after the work. Default: none, and such deliveries are answered with 503.
   */
  readonly largeBodies?: LargeBodiesBinding | ((platform: Platform) => LargeBodiesBinding);
}

/**
 * Cloudflare Queues. The binding is a producer of the queue; where bindings come with the request, as in Hono, give a
 * function of `context.platform`.
 *
 * @throws {ConfigurationError} `option_invalid` for a binding that is missing or of another kind
 *
 * @example
 * ```ts
 * const queue = cloudflareQueue((c: Context<{ Bindings: Env }>) => c.env.FAX_QUEUE);
 * app.use(mintfaxWebhooks((c) => ({ secret, store })).on("*", handOff(queue, { seal })));
 * ```
 */
export function cloudflareQueue<Platform = never>(
  binding: CloudflareQueueBinding | ((platform: Platform) => CloudflareQueueBinding),
  options: CloudflareQueueOptions<Platform> = {},
): Queue {
  checkOptions(options, ["name", "largeBodies"], "cloudflareQueue()");
  const { name = "mintfax", largeBodies } = options;
  if (typeof name !== "string") {
    throw new ConfigurationError(
      "option_invalid",
      "cloudflareQueue(): name is not a text; expected the name of the queue.",
    );
  }
  if (typeof binding !== "function") checkQueueBinding(binding, "cloudflareQueue()");
  if (typeof largeBodies !== "function") checkLargeBodies(largeBodies, "cloudflareQueue()");
  return {
    engine: ENGINE,
    name,
    async enqueue(message, { platform }): Promise<Enqueued> {
      await send({ ...message }, destinationOf(platform as Platform));
      return "queued";
    },
  };

  function destinationOf(platform: Platform) {
    try {
      const found = {
        queue: typeof binding === "function" ? binding(platform) : binding,
        largeBodies: typeof largeBodies === "function" ? largeBodies(platform) : largeBodies,
      };
      checkQueueBinding(found.queue, "cloudflareQueue()");
      checkLargeBodies(found.largeBodies, "cloudflareQueue()");
      return found;
    } catch (error) {
      throw new QueueMisconfiguredError("The function that finds the binding of the queue failed.", {
        cause: error,
      });
    }
  }
}

/** @throws {ConfigurationError} for anything but a producer binding */
export function checkQueueBinding(binding: CloudflareQueueBinding, of: string): void {
  if (typeof Object(binding).send === "function") return;
  throw new ConfigurationError(
    "option_invalid",
    `${of}: the queue is ${binding === undefined ? "undefined" : "not a queue"}; expected a producer binding. ` +
      "Is it in queues.producers of wrangler.jsonc, for this environment too?",
  );
}

/** @throws {ConfigurationError} for anything but a binding of R2 or KV, or none */
export function checkLargeBodies(binding: LargeBodiesBinding | undefined, of: string): void {
  if (binding === undefined) return;
  const { put, get } = Object(binding) as Partial<LargeBodiesBinding>;
  if (typeof put === "function" && typeof get === "function") return;
  throw new ConfigurationError(
    "option_invalid",
    `${of}: largeBodies is of another kind; expected a binding of R2 or KV. Is it in r2_buckets or kv_namespaces of wrangler.jsonc?`,
  );
}
