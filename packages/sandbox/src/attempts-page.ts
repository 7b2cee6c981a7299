/** The sandbox's view of attempts for deliveries that another program receives: `mintfax-webhooks listen --page`. */
import { randomId } from "@mintfax-webhooks/testing";
import { createApp } from "./app.ts";
import { createPage } from "./page/app.ts";
import {
  type DeliveryEnding,
  type PassOn,
  type ReceivedDelivery,
  ReceivedSource,
} from "./page/received-source.ts";
import { listen } from "./server.ts";

/** Options of {@link openAttemptsPage}. */
export interface AttemptsPageOptions {
  /** The port of the page, on 127.0.0.1. Not that of deliveries, which a tunnel may lead to. Default: a free one. */
  readonly port?: number;
  /** Where deliveries come in, for the page to show. */
  readonly url: string;
  /** The secrets that deliveries are verified with: a retry is signed anew. */
  readonly secrets: readonly string[];
  /** Where deliveries are passed on to, and how. Without it the page sends nothing. */
  readonly target?: { readonly url: string; readonly passOn: PassOn };
}

/** A page that shows deliveries as they arrive. */
export interface AttemptsPage {
  /** It has a token, which the browser keeps as a cookie. */
  readonly url: string;
  /**
   * Shows a delivery that has arrived.
   *
   * @returns shows how it has ended
   */
  started(delivery: ReceivedDelivery): (ending: DeliveryEnding) => void;
  /** Cuts off what is under way and frees the port. */
  close(): Promise<void>;
}

/**
 * Opens a page on this machine. It keeps the newest 1,000 deliveries, up to 64 MiB, in memory.
 *
 * @throws Node's error, where the port is in use
 *
 * @example
 * ```ts
 * const page = await openAttemptsPage({ url: "http://127.0.0.1:4242/webhooks/mintfax", secrets: ["whsec_..."] });
 * const ended = page.started({ id, type, receivedMs: Date.now(), headers, body });
 * ended({ status: 200, body: "{}", error: null, durationMs: 12 });
 * ```
 */
export async function openAttemptsPage(options: AttemptsPageOptions): Promise<AttemptsPage> {
  const { url, secrets, target, port = 0 } = options;
  const about = { kind: "listen", url, target: target?.url ?? null } as const;
  const source = new ReceivedSource(about, secrets, target?.passOn);
  const token = randomId("");
  const app = createApp(true);
  app.route("/", createPage(source, token));
  const { origin, close } = await listen(app.fetch, "127.0.0.1", port);
  return {
    url: `${origin}/?token=${token}`,
    started: (delivery) => source.started(delivery),
    close,
  };
}

export type { DeliveryEnding, PassOn, ReceivedDelivery };
