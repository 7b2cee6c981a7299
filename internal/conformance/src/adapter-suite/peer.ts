import assert from "node:assert/strict";
import type { EventOf, Secrets } from "@mintfax-webhooks/core";
import type { Deliverable, SignedDelivery } from "@mintfax-webhooks/testing";
import { eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import { NOW_SECONDS, SECRET } from "../hostile/setting.ts";
import type { Behaviour } from "./app/handlers.ts";

/** What a target answered. */
export interface Reply {
  readonly status: number;
  readonly body: string;
}

/** Talks to a server under test: as mintfax does, and to its control routes. Remembers every answer. */
export class Peer {
  readonly replies: Reply[] = [];
  readonly #origin: string;

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Signs an event as of the server's own, stopped clock, and delivers it once. */
  deliver(event: Deliverable, path?: string): Promise<Response> {
    return this.send(signed(event), path);
  }

  /** Delivers what has been signed. */
  send({ headers, body }: SignedDelivery, path: string = "/webhooks/mintfax"): Promise<Response> {
    return this.fetch(path, { method: "POST", headers, body });
  }

  /** Requests any path, and remembers the answer. */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await fetch(this.#origin + path, init);
    this.replies.push({ status: response.status, body: await response.clone().text() });
    return response;
  }

  /** All that has happened, in order. */
  async journal(): Promise<readonly string[]> {
    return (await this.#control("journal")) as readonly string[];
  }

  /** How often something has happened. */
  async count(start: string): Promise<number> {
    return (await this.#control("count", start)) as number;
  }

  /** Resolves once something has happened so many times. */
  async happened(start: string, times = 1): Promise<void> {
    await this.#control("wait", start, times);
  }

  /** Lets a handler go on that waits. */
  async open(id: string): Promise<void> {
    await this.#control("open", id);
  }

  /** Makes a processed event claimable again. */
  forget(id: string): Promise<unknown> {
    return this.#control("forget", id);
  }

  /** Waits until nothing is in flight at the receiver of a path. */
  async drain(path: string): Promise<void> {
    await this.#control("drain", path);
  }

  /** What the server runs on. */
  runtime(): Promise<unknown> {
    return this.#control("runtime");
  }

  async #control(command: string, about = "", times = 1): Promise<unknown> {
    const query = new URLSearchParams({ for: about, times: String(times) });
    const response = await fetch(`${this.#origin}/control/${command}?${query}`);
    assert.equal(response.status, 200, `the control route ${command}`);
    return response.json();
  }
}

/** As of the server's clock. */
export function signed(event: Deliverable, secret: Secrets = SECRET): SignedDelivery {
  return signDelivery(event, { secret, at: new Date(NOW_SECONDS * 1000) });
}

/** An event with an id of its own, whose handler does as it is told. */
export function eventThat(id: string, behaviour: Behaviour): EventOf<"fax.delivered"> {
  return eventFixture("fax.delivered", { id: `evt_${id}`, data: { object: { tags: { do: behaviour } } } });
}

/** The answer of a receiver, but for its message, which is for people. */
export async function expectAnswer(
  answered: Response | Promise<Response>,
  status: number,
  expected: { readonly outcome: string; readonly code?: string; readonly id?: string },
): Promise<void> {
  const response = await answered;
  const { message, ...body } = (await response.json()) as Record<string, unknown>;
  assert.deepEqual({ status: response.status, ...body }, { status, ...expected });
  assert.equal(typeof message, expected.code === undefined ? "undefined" : "string", "the message");
  expectHeaders(response.headers, status);
}

/** @param headers those of an answer */
export function expectHeaders(headers: Pick<Headers, "get">, status: number): void {
  const names = ["content-type", "cache-control", "allow", "retry-after"];
  assert.deepEqual(
    names.map((name) => headers.get(name) ?? null),
    ["application/json", "no-store", status === 405 ? "POST" : null, status === 409 ? "10" : null],
  );
}
