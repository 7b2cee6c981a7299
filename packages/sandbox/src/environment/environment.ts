import {
  EVENT_TYPES,
  type Fax,
  type FaxEvent,
  type MintfaxEvent,
  type MintfaxEventType,
} from "@mintfax-webhooks/core";
import { bodyText, eventFixture, faxLife, type SenderClock } from "@mintfax-webhooks/testing";
import { Deliveries, type DeliveriesOptions, type SandboxEvent } from "./deliveries.ts";
import { Endpoint, type EndpointSettings } from "./endpoint.ts";
import { type FaxRecord, footprintOf } from "./fax-record.ts";

/** How the events of a fax reach the endpoints. mintfax promises neither order nor one delivery. */
export type Arrival = "in_order" | "out_of_order" | "doubled" | "lost";
export const ARRIVALS: readonly Arrival[] = ["in_order", "out_of_order", "doubled", "lost"];

/** What a fax is sent with. */
export interface Submission {
  readonly to: string;
  readonly maxAttempts: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly webhookUrl: string | null;
  readonly idempotencyKey: string | null;
  readonly csid: string | null;
  readonly pageSize: string;
  readonly resolution: string;
  readonly optimizeFor: string;
  readonly arrival: Arrival;
}

/** Is told what changes beside the attempts. */
export interface Watcher {
  fax(fax: FaxRecord): void;
  endpoints(): void;
}

interface EnvironmentOptions extends DeliveriesOptions {
  /** Whether a fax that has ended leaves its id, status and times only. */
  readonly zeroFootprint: boolean;
}

/** One environment of mintfax, in memory: its endpoints, faxes, events and attempts. */
export class Environment {
  readonly deliveries: Deliveries;
  readonly clock: SenderClock;
  readonly #timeScale: number;
  readonly #zeroFootprint: boolean;
  readonly #faxesKept: number;
  readonly #endpoints = new Map<string, Endpoint>();
  /** For URLs that a fax has brought along: not in any list. */
  readonly #perFax = new Map<string, Endpoint>();
  readonly #faxes = new Map<string, FaxRecord>();
  readonly #watchers = new Set<Watcher>();
  #closed = false;

  constructor(options: EnvironmentOptions) {
    this.clock = options.clock;
    this.#timeScale = options.timeScale;
    this.#zeroFootprint = options.zeroFootprint;
    this.#faxesKept = options.attemptsKept;
    this.deliveries = new Deliveries(options);
  }

  get endpoints(): readonly Endpoint[] {
    return [...this.#endpoints.values()];
  }

  endpoint(id: string): Endpoint | undefined {
    return this.#endpoints.get(id);
  }

  /** @param secret default: a new one */
  addEndpoint(settings: EndpointSettings, secret?: string): Endpoint {
    const endpoint = new Endpoint(settings, this.clock.nowMs(), secret);
    this.#endpoints.set(endpoint.id, endpoint);
    this.#endpointsChanged();
    return endpoint;
  }

  updateEndpoint(endpoint: Endpoint, settings: EndpointSettings): void {
    endpoint.settings = settings;
    endpoint.updatedMs = this.clock.nowMs();
    this.#endpointsChanged();
  }

  removeEndpoint(endpoint: Endpoint): void {
    this.#endpoints.delete(endpoint.id);
    this.deliveries.remove(endpoint);
    this.#endpointsChanged();
  }

  /** Those that sign now. None where the endpoint was deleted. */
  secretsOf(endpointId: string): string[] {
    const known = [...this.#endpoints.values(), ...this.#perFax.values()];
    return known.find(({ id }) => id === endpointId)?.secretsAt(this.clock.nowMs()) ?? [];
  }

  /** @returns what stops it */
  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  #endpointsChanged(): void {
    for (const watcher of this.#watchers) watcher.endpoints();
  }

  /** @param overlapMs for how long the old secret signs too */
  rotateSecret(endpoint: Endpoint, overlapMs: number): void {
    endpoint.rotate(this.clock.nowMs(), overlapMs);
    this.deliveries.rotated(endpoint);
    void this.clock.sleep(overlapMs).then(() => this.deliveries.rotated(endpoint));
  }

  /** The newest first. */
  get faxes(): readonly FaxRecord[] {
    return [...this.#faxes.values()].reverse();
  }

  fax(id: string): FaxRecord | undefined {
    return this.#faxes.get(id);
  }

  /** Accepts a fax and plays its life. Its events follow by themselves. */
  send(submission: Submission): Fax {
    const { to, maxAttempts, tags, arrival } = submission;
    const queuedAt = Math.floor(this.clock.nowMs() / 1000);
    const life = faxLife({
      to,
      maxAttempts,
      tags,
      queuedAt,
      fax: {
        webhook_url: submission.webhookUrl,
        idempotency_key: submission.idempotencyKey,
        csid: submission.csid,
        page_size: submission.pageSize,
        resolution: submission.resolution,
        optimize_for: submission.optimizeFor,
      },
    });
    const endpoint = submission.webhookUrl === null ? undefined : this.#endpointOf(submission.webhookUrl);
    this.#keep(life.queued.data.object);
    void this.#play(life.events, queuedAt, arrival, endpoint);
    return life.queued.data.object;
  }

  /** Emits an event that belongs to no fax of this environment: mintfax does not send `balance.*` yet. */
  emit(type: MintfaxEventType): SandboxEvent {
    const event = eventFixture(type, { created: Math.floor(this.clock.nowMs() / 1000) });
    const ready = readyOf(event);
    for (const endpoint of this.#takers(type, undefined)) void this.deliveries.deliver(ready, endpoint);
    return ready;
  }

  close(): void {
    this.#closed = true;
    this.deliveries.close();
  }

  async #play(
    events: readonly FaxEvent[],
    queuedAt: number,
    arrival: Arrival,
    only: Endpoint | undefined,
  ): Promise<void> {
    const late: FaxEvent[] = [];
    // Each endpoint gets the next event once the first attempt of the one before has ended, so that the order is what it says.
    const queues = new Map<Endpoint, Promise<unknown>>();
    const fanOut = (event: FaxEvent, times: number): void => {
      for (const endpoint of this.#takers(event.type, only)) {
        const copies = (): Promise<unknown> =>
          Promise.all(Array.from({ length: times }, () => this.deliveries.deliver(readyOf(event), endpoint)));
        queues.set(endpoint, (queues.get(endpoint) ?? Promise.resolve()).then(copies));
      }
    };
    let elapsedMs = 0;
    for (const event of events) {
      const dueMs = (event.created - queuedAt) * 1000 * this.#timeScale;
      await this.clock.sleep(dueMs - elapsedMs);
      elapsedMs = dueMs;
      if (this.#closed) return;
      this.#keep(event.data.object);
      if (arrival === "out_of_order") late.unshift(event);
      else if (arrival !== "lost") fanOut(event, arrival === "doubled" ? 2 : 1);
    }
    for (const event of late) fanOut(event, 1);
  }

  #takers(type: string, only: Endpoint | undefined): Endpoint[] {
    const endpoints = only === undefined ? this.endpoints : [only];
    return endpoints.filter((endpoint) => endpoint.takes(type));
  }

  /** mintfax does not document which secret signs for the URL of a single fax: here it is that of the endpoint of this URL. */
  #endpointOf(url: string): Endpoint {
    const known = this.endpoints.find(({ settings }) => settings.url === url) ?? this.#perFax.get(url);
    if (known !== undefined) return known;
    const endpoint = new Endpoint({ url, events: null, description: null }, this.clock.nowMs());
    this.#perFax.set(url, endpoint);
    return endpoint;
  }

  #keep(fax: Fax): void {
    const hasEnded = fax.completed_at !== null;
    const kept = this.#zeroFootprint && hasEnded ? footprintOf(fax) : fax;
    this.#faxes.set(fax.id, kept);
    for (const watcher of this.#watchers) watcher.fax(kept);
    if (this.#faxes.size <= this.#faxesKept) return;
    const [oldest] = this.#faxes.keys();
    if (oldest !== undefined) this.#faxes.delete(oldest);
  }
}

function readyOf(event: MintfaxEvent): SandboxEvent {
  return { id: event.id, type: event.type, body: bodyText(event) };
}

export function isEventType(type: unknown): type is MintfaxEventType {
  return (EVENT_TYPES as readonly unknown[]).includes(type);
}
