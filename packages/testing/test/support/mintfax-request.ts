import type { MintfaxEvent } from "@mintfax-webhooks/core";
import { bodyText } from "@mintfax-webhooks/testing";

/** What mintfax sends of an event, signature and timestamp aside. */
export function requestOf(event: MintfaxEvent): object {
  return {
    method: "POST",
    url: "/webhooks/mintfax",
    headers: {
      "content-type": "application/json",
      "content-length": String(new TextEncoder().encode(bodyText(event)).length),
      "user-agent": "mintfax-webhooks/1.0",
      "webhook-id": event.id,
    },
  };
}
