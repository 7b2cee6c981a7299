import {
  createMemoryStore,
  createReceiver,
  fromRequest,
  type OutcomeRecord,
  type Receiver,
  type RequestOptions,
} from "@mintfax-webhooks/core";
import { eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { counting } from "./support/counting-store.ts";
import { SECRET } from "./support/receiving.ts";

/** What a platform hands over with each request, as Cloudflare does with its bindings. */
interface Bindings {
  readonly secret?: string | readonly string[];
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const event = eventFixture("fax.delivered");
const secretOf = (number: number) =>
  `whsec_${Buffer.from(`secret number ${number}`.padEnd(24)).toString("base64")}`;

function receiving(more: (bindings: Bindings) => Partial<RequestOptions> = () => ({})) {
  const records: OutcomeRecord[] = [];
  const handler = vi.fn();
  const receiver = createReceiver<Bindings>((bindings) => ({
    secret: bindings.secret as string,
    onOutcome: (record) => records.push(record),
    ...more(bindings),
  })).on("fax.delivered", handler);
  return { receiver, handler, records };
}

async function send(
  receiver: Receiver<Bindings>,
  bindings: Bindings,
  signer = bindings.secret ?? SECRET,
): Promise<string> {
  const { headers, body } = signDelivery(event, { secret: signer });
  const request = new Request("https://clinic.example/", { method: "POST", headers, body });
  const answer = await receiver.receive(fromRequest(request, bindings));
  const { outcome, code } = JSON.parse(answer.body) as { outcome: string; code?: string };
  return `${answer.status} ${code ?? outcome}`;
}

describe("options of each request", () => {
  test("one set of bindings after another: what was processed is remembered", async () => {
    const { receiver, handler } = receiving();
    expect(await send(receiver, { secret: SECRET })).toBe("200 processed");
    expect(await send(receiver, { secret: SECRET })).toBe("200 duplicate");
    expect(handler).toHaveBeenCalledTimes(1);
    expect(await receiver.forget(event.id, { secret: SECRET })).toBe("forgotten");
    expect(await send(receiver, { secret: SECRET })).toBe("200 processed");
  });

  test("tenants do not know of each other", async () => {
    const { receiver, handler } = receiving();
    expect(await send(receiver, { secret: secretOf(1) })).toBe("200 processed");
    expect(await send(receiver, { secret: secretOf(2) })).toBe("200 processed");
    expect(handler).toHaveBeenCalledTimes(2);
    expect(await send(receiver, { secret: secretOf(1) }, secretOf(2))).toBe("400 signature_mismatch");
  });

  test("the hundred tenants that came last are remembered, whoever came first", async () => {
    const { receiver } = receiving();
    for (let number = 0; number < 100; number++) await send(receiver, { secret: secretOf(number) });
    expect(await send(receiver, { secret: secretOf(0) })).toBe("200 duplicate");
    expect(await send(receiver, { secret: secretOf(100) })).toBe("200 processed");
    expect(await send(receiver, { secret: secretOf(0) })).toBe("200 duplicate");
    expect(await send(receiver, { secret: secretOf(2) })).toBe("200 duplicate");
    expect(await send(receiver, { secret: secretOf(1) })).toBe("200 processed");
  });

  test("a store among them is the one that is asked", async () => {
    const { store, calls } = counting(createMemoryStore());
    const { receiver } = receiving(() => ({ store }));
    await send(receiver, { secret: secretOf(1) });
    expect(calls).toContain("claim");
    expect(await send(receiver, { secret: secretOf(2) })).toBe("200 duplicate");
  });

  test.each([{}, { secret: "" }, { secret: [] }])(
    "%o: refused, not verified with a secret from elsewhere",
    async (bindings) => {
      vi.stubEnv("MINTFAX_WEBHOOK_SECRET", SECRET);
      const { receiver, handler } = receiving();
      expect(await send(receiver, bindings, SECRET)).toBe("503 secret_unavailable");
      expect(handler).not.toHaveBeenCalled();
    },
  );

  test("bounds hold for them too, and the log says which was broken", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const { receiver } = receiving(() => ({ deadlineMs: 0 }));
    expect(await send(receiver, { secret: SECRET })).toBe("500 internal_error");
    expect(log.mock.calls).toEqual([
      [expect.stringMatching(/ConfigurationError \[option_out_of_bounds\]: deadlineMs is 0/)],
    ]);
  });

  test("if they cannot be had: 500, and nobody is called", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const { receiver, handler } = receiving(() => {
      throw new TypeError("no bindings");
    });
    expect(await send(receiver, { secret: SECRET })).toBe("500 internal_error");
    expect(handler).not.toHaveBeenCalled();
    expect(log.mock.calls).toEqual([[expect.stringContaining("TypeError")]]);
    await receiver.drain();
  });
});
