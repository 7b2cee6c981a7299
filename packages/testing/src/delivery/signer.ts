import type { Secrets } from "@mintfax-webhooks/core";
import { Webhook } from "standardwebhooks";
import { wrongKind } from "../given.ts";
import { randomId } from "../random-id.ts";
import type { SignedDelivery } from "./signed-delivery.ts";

const utf8 = new TextEncoder();

/** Signs with the reference library of Standard Webhooks, the authority on the scheme. */
export class Signer {
  readonly #keys: readonly Webhook[];

  /** @throws where the reference library refuses a secret, or there is no secret */
  constructor(secrets: Secrets) {
    for (const secret of [secrets].flat()) {
      if (typeof secret !== "string") {
        throw wrongKind(
          secret,
          "a secret as text (whsec_...), or a list of them",
          "Give it as the option `secret`.",
        );
      }
    }
    this.#keys = [secrets]
      .flat()
      .flatMap(separated)
      .map((secret) => new Webhook(secret));
    if (this.#keys.length === 0) throw new TypeError("No secret to sign with: the list is empty.");
  }

  /** The value of `webhook-signature`: one token for each secret. */
  signature(id: string, at: Date, text: string): string {
    return this.#keys.map((key) => key.sign(id, at, text)).join(" ");
  }

  sign(id: string, at: Date, text: string, requestId: string = randomId("req_")): SignedDelivery {
    const timestamp = Math.floor(at.getTime() / 1000);
    return {
      id,
      timestamp,
      headers: {
        "content-type": "application/json",
        "user-agent": "mintfax-webhooks/1.0",
        "request-id": requestId,
        "webhook-id": id,
        "webhook-timestamp": String(timestamp),
        "webhook-signature": this.signature(id, at, text),
      },
      body: utf8.encode(text),
    };
  }
}

/** As in a receiver: whitespace separates several secrets. */
function separated(secrets: string): string[] {
  return secrets.split(/\s+/).filter((secret) => secret !== "");
}
