import type { Level } from "../result.ts";
import type { VectorRequest } from "./request.ts";
import { keyOf, macOf } from "./signing.ts";

/** What a vector is made of: for the file a fixed secret and time, for a live receiver its own. */
export interface Setting {
  readonly secret: string;
  readonly nowSeconds: number;
  /** A new event id. */
  newId(): string;
}

/** A request whose answer can be foretold, made anew for each setting. */
export interface Draft {
  /** Within its group. */
  readonly id: string;
  readonly title: string;
  readonly accepted: boolean;
  readonly level: Level;
  readonly why: string;
  request(setting: Setting): VectorRequest;
}

/** Drafts about one thing. */
export interface DraftGroup {
  readonly id: string;
  readonly title: string;
  readonly drafts: readonly Draft[];
}

/** A delivery of an event as mintfax makes it. */
export class Genuine {
  readonly id: string;
  readonly timestamp: string;
  readonly body: Uint8Array;
  readonly key: Uint8Array;

  constructor(
    { secret, nowSeconds, newId }: Setting,
    {
      body,
      id,
      at = nowSeconds,
    }: { body?: (id: string) => string | Uint8Array; id?: string; at?: number | string } = {},
  ) {
    this.id = id ?? newId();
    this.timestamp = String(at);
    this.key = keyOf(secret);
    const made = (body ?? ((eventId: string) => eventText(eventId, nowSeconds)))(this.id);
    this.body = typeof made === "string" ? Buffer.from(made) : made;
  }

  get mac(): string {
    return macOf(this.key, this.id, this.timestamp, this.body);
  }

  /** @param signature default: the right one */
  request(signature: string = `v1,${this.mac}`): VectorRequest {
    return {
      method: "POST",
      headers: [
        ["content-type", "application/json"],
        ["user-agent", "mintfax-webhooks/1.0"],
        ["request-id", `req_${this.id}`],
        ["webhook-id", this.id],
        ["webhook-timestamp", this.timestamp],
        ["webhook-signature", signature],
      ],
      body: this.body,
    };
  }
}

/** An event of its own fax: a receiver may refuse a second end of the same one. */
export function faxIdOf(eventId: string): string {
  return `fax_${eventId.slice("evt_".length)}`;
}

/** A `fax.delivered`, with only what a receiver cannot do without. */
export function eventText(id: string, created: number, more: Readonly<Record<string, unknown>> = {}): string {
  const object = {
    id: faxIdOf(id),
    status: "delivered",
    to: "+15005550001",
    pages: 1,
    error_code: null,
    error_subcode: null,
    error_message: null,
    max_attempts: 3,
    attempts: [],
    tags: {},
    ...more,
  };
  return JSON.stringify({ id, type: "fax.delivered", created, data: { object } });
}
