import { createMemoryStore, type OutcomeRecord, type RequestOptions } from "@mintfax-webhooks/core";
import { createReceiver, fromRequest, type Receiver } from "@mintfax-webhooks/core/adapter";
import { eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import { counting } from "test-support/counting-store";
import { gate } from "test-support/gate";
import { SECRET } from "test-support/receiving";
import { afterEach, describe, expect, test, vi } from "vitest";

/** What a platform hands over with each request, as Cloudflare does with its bindings. */
interface Bindings {
  readonly secret?: string | readonly string[];
}

afterEach(() => {
  vi.useRealTimers();
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
  const { status, outcome, code } = await answerOf(receiver, bindings, signer);
  return `${status} ${code ?? outcome}`;
}

async function answerOf(
  receiver: Receiver<Bindings>,
  bindings: Bindings,
  signer = bindings.secret ?? SECRET,
) {
  const { headers, body } = signDelivery(event, { secret: signer });
  const request = new Request("https://clinic.example/", { method: "POST", headers, body });
  const answer = await receiver.receive(fromRequest(request, bindings));
  const said = JSON.parse(answer.body) as { outcome: string; code?: string; message?: string };
  return { status: answer.status, ...said };
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

  test("each of many tenants is remembered, however many come between", async () => {
    const { receiver } = receiving();
    for (let number = 0; number < 120; number++) await send(receiver, { secret: secretOf(number) });
    for (let number = 0; number < 120; number++)
      expect(await send(receiver, { secret: secretOf(number) })).toBe("200 duplicate");
  });

  test("what strangers send to other tenants makes no tenant forget what is done or at work", async () => {
    const { receiver, handler } = receiving();
    const work = gate();
    const started = gate();
    expect(await send(receiver, { secret: secretOf(0) })).toBe("200 processed");
    handler.mockImplementation(() => {
      started.open();
      return work.promise;
    });
    const running = send(receiver, { secret: secretOf(1) });
    await started.promise;
    for (let number = 2; number < 300; number++) {
      const forged = { secret: secretOf(number) };
      expect(await send(receiver, forged, secretOf(1_000))).toBe("400 signature_mismatch");
    }
    expect(await send(receiver, { secret: secretOf(0) })).toBe("200 duplicate");
    expect(await send(receiver, { secret: secretOf(1) })).toBe("409 in_progress");
    work.open();
    expect(await running).toBe("200 processed");
    expect(handler).toHaveBeenCalledTimes(2);
  });

  test("a secret that is being rotated, one after the other, leaves what is done", async () => {
    const { receiver, handler } = receiving();
    const [old, next] = [secretOf(1), secretOf(2)];
    expect(await send(receiver, { secret: old })).toBe("200 processed");
    expect(await send(receiver, { secret: `${next} ${old}` }, old)).toBe("200 duplicate");
    expect(await send(receiver, { secret: [next] })).toBe("200 duplicate");
    expect(handler).toHaveBeenCalledTimes(1);
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
      expect(await send(receiver, bindings, SECRET)).toBe("500 internal_error");
      expect(handler).not.toHaveBeenCalled();
    },
  );

  test("bounds hold for them too, and the log says which was broken", async () => {
    const log = logged();
    const silent = createReceiver<Bindings>(() => ({ secret: SECRET, deadlineMs: 0 }));
    expect(await send(silent, { secret: SECRET })).toBe("500 internal_error");
    expect(log).toEqual([
      expect.stringMatching(
        /^mintfax-webhooks: internal_error: .*\(option_out_of_bounds\); see its log\. Cause: ConfigurationError \[option_out_of_bounds\]: deadlineMs is 0; expected a whole number/,
      ),
    ]);
  });

  test("options that cannot work: their own hook is told", async () => {
    const { receiver, records } = receiving(() => ({ leaseMs: 1 }));
    expect(await send(receiver, { secret: SECRET })).toBe("500 internal_error");
    expect(records).toMatchObject([{ outcome: "misconfigured", error: { code: "option_out_of_bounds" } }]);
  });

  test("options that cannot be had: the hook of the last ones that worked is told, before that the log", async () => {
    const log = logged();
    const cause = new TypeError("Cannot read properties of undefined (reading 'prepare')");
    let fails = true;
    const { receiver, records, handler } = receiving(() => {
      if (fails) throw cause;
      return {};
    });
    expect(await send(receiver, { secret: SECRET })).toBe("500 internal_error");
    expect(log).toEqual([expect.stringContaining(`Cause: TypeError: ${cause.message} at `)]);
    fails = false;
    expect(await send(receiver, { secret: SECRET })).toBe("200 processed");
    fails = true;
    expect(await send(receiver, { secret: SECRET })).toBe("500 internal_error");
    expect(records).toMatchObject([{ outcome: "processed" }, { outcome: "misconfigured", error: cause }]);
    expect(log).toHaveLength(1);
    expect(handler).toHaveBeenCalledTimes(1);
    await receiver.drain();
  });

  test("options that never come: 503 within seconds, and drain() ends", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const log = logged();
    const receiver = createReceiver<Bindings>(() => new Promise<never>(() => {}));
    const answer = answerOf(receiver, { secret: SECRET });
    const drained = receiver.drain();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await answer).toMatchObject({
      status: 503,
      code: "secret_unavailable",
      message: "The function that makes this server's options did not answer in time; see the server's log.",
    });
    await drained;
    expect(log).toEqual([
      expect.stringContaining("The function given as options has not answered within 5000 ms."),
    ]);
  });

  test.each<[string, () => Partial<RequestOptions>, string]>([
    ["have no secret", () => ({ secret: "" }), " (secret_missing)"],
    ["are out of bounds", () => ({ leaseMs: 1 }), " (option_out_of_bounds)"],
    [
      "cannot be made",
      () => {
        throw new TypeError(`no binding ${SECRET}`);
      },
      "",
    ],
  ])("options that %s: the sender is told where to look, and no more than a code", async (_, more, code) => {
    logged();
    const { receiver } = receiving(more);
    expect(await answerOf(receiver, { secret: SECRET })).toMatchObject({
      status: 500,
      message: `The function that makes this server's options failed, or its options are invalid${code}; see its log.`,
    });
  });

  test.each([1_000, 2_000])(
    "options that come %d ms late, with a deadline of 1,000 ms: the handler does not run",
    async (lateMs) => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
      const handler = vi.fn();
      const slow = createReceiver<Bindings>(async () => {
        await new Promise((resolve) => setTimeout(resolve, lateMs));
        return { secret: SECRET, deadlineMs: 1_000, onOutcome: () => {} };
      }).on("fax.delivered", handler);
      const answer = send(slow, { secret: SECRET });
      await vi.advanceTimersByTimeAsync(lateMs);
      expect(await answer).toBe("503 handler_timed_out");
      expect(handler).not.toHaveBeenCalled();
      await slow.drain();
    },
  );
});

/** Everything that goes to standard error. */
function logged(): string[] {
  const lines: string[] = [];
  vi.spyOn(console, "error").mockImplementation((line) => lines.push(String(line)));
  return lines;
}
