import { setTimeout as sleep } from "node:timers/promises";
import { createSandbox, type Sandbox } from "@mintfax-webhooks/sandbox";

/** A fax lives for some 95 s, and mintfax waits 10, 100 and 1,000 s before its retries; here a two-hundredth of it. */
const TIME_SCALE = 0.005;
/** Long enough for a restart of the clinic's server. */
const ROTATION_OVERLAP_MS = 1_500;
const POLL_MS = 20;
/** Far more than any scene takes: four attempts of an event are over after 5.6 s. */
const PATIENCE_MS = 20_000;
const PER_PAGE = 100;

/** One HTTP attempt, as `GET /webhooks/attempts/{id}` answers it. */
export interface SentAttempt {
  readonly id: string;
  readonly event_id: string;
  readonly status: "pending" | "succeeded" | "failed";
  readonly status_code: number | null;
  readonly request_body: string;
}

/** The clinic's order that a fax belongs to, its number and, for the sandbox alone, how its events arrive. */
export interface Shipment {
  readonly order: string;
  readonly to?: string;
  readonly arrival?: "out_of_order" | "doubled";
}

/** mintfax, played by the sandbox, as its customers use it: by its API. */
export class Mintfax {
  readonly #sandbox: Sandbox;
  /** Attempts that are over, by id: they do not change. */
  readonly #ended = new Map<string, SentAttempt>();
  #endpointId = "";

  static async open(): Promise<Mintfax> {
    return new Mintfax(
      await createSandbox({
        timeScale: TIME_SCALE,
        rotationOverlapMs: ROTATION_OVERLAP_MS,
        // The demo looks more often than a customer does.
        rateLimitPerMinute: 1_000_000,
      }),
    );
  }

  private constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
  }

  get pageUrl(): string {
    return this.#sandbox.pageUrl;
  }

  /** Registers an endpoint. @returns its secret, which mintfax shows this once */
  async register(url: string): Promise<string> {
    const { id, secret } = await this.#call<{ id: string; secret: string }>("POST", "/webhooks", { url });
    this.#endpointId = id;
    return secret;
  }

  /** @returns the new secret, and when the old one ceases to sign beside it */
  async rotate(): Promise<{ secret: string; oldEndsAt: Date }> {
    type Rotated = { secret: string; previous_secret_expires_at: string };
    const answer = await this.#call<Rotated>("POST", `/webhooks/${this.#endpointId}/rotate`);
    return { secret: answer.secret, oldEndsAt: new Date(answer.previous_secret_expires_at) };
  }

  /** Sends a fax. @returns its id */
  async send({ order, to = "+15005550001", arrival }: Shipment): Promise<string> {
    const form = new FormData();
    form.set("to", to);
    form.set("file", new File(["%PDF-1.7"], "referral.pdf"));
    form.append("tags[]", `order=${order}`);
    const headers = arrival === undefined ? {} : { "sandbox-arrival": arrival };
    return (await this.#call<{ id: string }>("POST", "/faxes", form, headers)).id;
  }

  /** Once the attempt has failed: the clinic knows of that before mintfax does. */
  async retryNow({ id }: SentAttempt): Promise<void> {
    while ((await this.#attempt(id)).status === "pending") await sleep(POLL_MS);
    await this.#call("POST", `/webhooks/attempts/${id}/retry`);
  }

  /** Waits for the first attempt with an event of a fax. It may be under way. */
  async firstAttempt(faxId: string): Promise<SentAttempt> {
    for (;;) {
      const [first] = await this.#attemptsWith([faxId]);
      if (first !== undefined) return first;
      await sleep(POLL_MS);
    }
  }

  /**
   * Waits until so many attempts with events of these faxes have been answered with 2xx, or for {@link PATIENCE_MS}.
   *
   * @returns all attempts with events of these faxes, the oldest first
   */
  async accepted(faxIds: readonly string[], count: number): Promise<SentAttempt[]> {
    const giveUpAt = Date.now() + PATIENCE_MS;
    for (;;) {
      const attempts = await this.#attemptsWith(faxIds);
      const done = attempts.filter(({ status }) => status === "succeeded").length;
      if (done >= count || Date.now() > giveUpAt) return attempts;
      await sleep(POLL_MS);
    }
  }

  close(): Promise<void> {
    return this.#sandbox.close();
  }

  async #attemptsWith(faxIds: readonly string[]): Promise<SentAttempt[]> {
    return (await this.#attempts()).filter((attempt) => faxIds.includes(faxOf(attempt)));
  }

  async #attempts(): Promise<SentAttempt[]> {
    type Page = { data: { id: string }[]; next_cursor: string | null };
    const ids: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const query = new URLSearchParams({ per_page: String(PER_PAGE), ...(cursor !== "" && { cursor }) });
      const page: Page = await this.#call("GET", `/webhooks/attempts?${query}`);
      ids.push(...page.data.map(({ id }) => id));
      cursor = page.next_cursor;
    }
    return Promise.all(ids.toReversed().map((id) => this.#attempt(id)));
  }

  async #attempt(id: string): Promise<SentAttempt> {
    const known = this.#ended.get(id);
    if (known !== undefined) return known;
    const attempt = await this.#call<SentAttempt>("GET", `/webhooks/attempts/${id}`);
    if (attempt.status !== "pending") this.#ended.set(id, attempt);
    return attempt;
  }

  async #call<Answer>(
    method: string,
    path: string,
    body?: FormData | object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const isForm = body instanceof FormData;
    const response = await fetch(this.#sandbox.url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.#sandbox.apiKey}`,
        ...(body !== undefined && !isForm && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: isForm ? body : JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}`);
    return (await response.json()) as Answer;
  }
}

function faxOf({ request_body }: SentAttempt): string {
  return (JSON.parse(request_body) as { data: { object: { id: string } } }).data.object.id;
}
