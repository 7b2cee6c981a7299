import { randomId } from "@mintfax-webhooks/testing";
import { newSecret } from "./ids.ts";

/** A secret that signs deliveries, and until when. */
interface Signing {
  readonly secret: string;
  /** Undefined for the current one. */
  readonly untilMs: number | undefined;
}

/** What a user sets. */
export interface EndpointSettings {
  readonly url: string;
  /** Null for all events, types that mintfax adds later included. */
  readonly events: readonly string[] | null;
  readonly description: string | null;
}

/** A URL that events are sent to. */
export class Endpoint {
  readonly id: string = randomId("webhook_");
  readonly createdMs: number;
  updatedMs: number;
  settings: EndpointSettings;
  #signing: readonly Signing[];

  constructor(settings: EndpointSettings, nowMs: number, secret: string = newSecret()) {
    this.#signing = [{ secret, untilMs: undefined }];
    this.settings = settings;
    this.createdMs = nowMs;
    this.updatedMs = nowMs;
  }

  takes(type: string): boolean {
    return this.settings.events === null || this.settings.events.includes(type);
  }

  /** The secret of now. The API shows it once. */
  get secret(): string {
    return (this.#signing[0] as Signing).secret;
  }

  /** Those that sign a delivery of now: the newest first. */
  secretsAt(nowMs: number): string[] {
    return this.#signing
      .filter(({ untilMs }) => untilMs === undefined || untilMs > nowMs)
      .map(({ secret }) => secret);
  }

  /** A new secret. The present one signs too until the overlap ends. */
  rotate(nowMs: number, overlapMs: number): void {
    const old = this.#signing
      .filter(({ untilMs }) => untilMs === undefined || untilMs > nowMs)
      .map(({ secret, untilMs }) => ({ secret, untilMs: untilMs ?? nowMs + overlapMs }));
    this.#signing = [{ secret: newSecret(), untilMs: undefined }, ...old];
    this.updatedMs = nowMs;
  }
}
