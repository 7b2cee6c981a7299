import http2 from "node:http2";
import type { AddressInfo } from "node:net";
import {
  createFetchHandler,
  createMemoryStore,
  type OutcomeRecord,
  StoreMisconfiguredError,
  StoreUnavailableError,
} from "@mintfax-webhooks/core";
import { createReceiver } from "@mintfax-webhooks/core/adapter";
import { handleNodeRequest } from "@mintfax-webhooks/core/node";
import { eventFixture } from "@mintfax-webhooks/testing";
import { BrokenStore } from "test-support/broken-store";
import { revoked } from "test-support/foreign-values";
import { gate } from "test-support/gate";
import { attempt, SECRET } from "test-support/receiving";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { standardErrorLines } from "./support/standard-error.ts";

const NUMBER = "+12125551234";
const WITHHELD =
  "Its message may quote a fax, so it is not logged here: read record.error in onOutcome, or set development: true.";

const lines = standardErrorLines();

/** Delivers to a handler that throws, and returns the line. */
async function lineOf(thrown: unknown, options: { readonly development?: boolean } = {}): Promise<string> {
  const webhooks = createFetchHandler({ secret: SECRET, ...options }).on("fax.delivered", () => {
    throw thrown;
  });
  await webhooks(attempt());
  expect(lines).toHaveLength(1);
  return lines[0] ?? "";
}

/** Delivers to a store that throws at a claim, and returns the line. */
async function storeLineOf(thrown: unknown): Promise<string> {
  const store = new BrokenStore(createMemoryStore());
  store.break("claim", () => Promise.reject(thrown));
  const webhooks = createFetchHandler({ secret: SECRET, store }).on("fax.delivered", () => {});
  await webhooks(attempt());
  expect(lines).toHaveLength(1);
  return lines[0] ?? "";
}

function fail(): never {
  throw new Error("a getter");
}

describe("of what a handler threw", () => {
  // Threat: T15
  test("name, code and place are logged, without the message", async () => {
    const error = Object.assign(new RangeError(`no patient at ${NUMBER}\n    at ${NUMBER}`), {
      code: "E_PATIENT",
    });
    const line = await lineOf(error);
    for (const part of ["handler_failed (fax.delivered evt_", "RangeError [E_PATIENT] at ", "log.test.ts"]) {
      expect(line).toContain(part);
    }
    expect(line).not.toContain(NUMBER);
    expect(line).not.toContain("patient at");
  });

  test.each<[string, unknown, string]>([
    ["a string", "no patient", `a thrown string. ${WITHHELD}`],
    ["an error without a place", Object.assign(new Error("no"), { stack: undefined }), `Error. ${WITHHELD}`],
    [
      "an error with a number for a code",
      Object.assign(new Error("no"), { code: 7, stack: "Error: no\n    at handler (/srv/fax.js:1:2)" }),
      `Error at handler (/srv/fax.js:1:2). ${WITHHELD}`,
    ],
    [
      "an error whose message looks like places",
      Object.assign(new Error("no"), {
        stack: `Error: no\nlook at ${NUMBER}:1:2\n    at ${NUMBER}:10:22 in the morning\n    at /srv/fax.js:10:22\n    at later (/srv/fax.js:30:4)`,
      }),
      `Error at /srv/fax.js:10:22. ${WITHHELD}`,
    ],
    [
      "an error with a sentence for its name and its code",
      Object.assign(new Error("no"), { name: `no patient\n at ${NUMBER}`, code: "a\u001b[2Jb", stack: "" }),
      `Error. ${WITHHELD}`,
    ],
    ["a revoked proxy", revoked(), `a thrown object. ${WITHHELD}`],
    [
      "an error of which nothing can be read",
      Object.defineProperties(new Error("no"), {
        name: { get: fail },
        message: { get: fail },
        code: { get: fail },
        stack: { get: fail },
      }),
      `a thrown object. ${WITHHELD}`,
    ],
    ["an error whose stack is a list", Object.assign(new Error("no"), { stack: [{}] }), `Error. ${WITHHELD}`],
  ])("the line for %s", async (_, thrown, cause) => {
    expect(await lineOf(thrown)).toMatch(/^mintfax-webhooks: handler_failed \(fax\.delivered evt_\w+\): /);
    expect(lines[0]?.split(" Cause: ")[1]).toBe(cause);
  });

  test("nothing has no cause", async () => {
    expect(await lineOf(undefined)).toMatch(/see this server's log\.$/);
  });

  test("what the line tells to do shows all of it", async () => {
    const error = new Error(`no patient at ${NUMBER}`);
    const seen: unknown[] = [];
    const webhooks = createFetchHandler({ secret: SECRET, onOutcome: (record) => seen.push(record.error) });
    await webhooks.on("fax.delivered", () => Promise.reject(error))(attempt());
    expect(seen).toEqual([error]);
    expect(await lineOf(error, { development: true })).toContain("Cause: Error: no patient at ***");
  });

  test("in development its message and causes are logged, masked, and its stack below them", async () => {
    const error = new TypeError("no\nroom", { cause: new Error(`for ${NUMBER}`) });
    const [line, ...stack] = (await lineOf(error, { development: true })).split("\n");
    expect(line).toMatch(
      /Cause: TypeError: no\\u000aroom at .*log\.test\.ts:\d+:\d+\)?; caused by Error: for \*\*\*\.$/,
    );
    expect(stack.length).toBeGreaterThan(2);
    for (const frame of stack) expect(frame).toMatch(/^ {4}at .*:\d+:\d+\)?$/);
  });

  test("in development a stack whose lines are not places, or hold a number, is masked or left out", async () => {
    const error = Object.assign(new Error("no"), {
      stack: `Error: no\n    at first (/srv/fax.js:1:2)\n    look at the patient\n    at f (/srv/${NUMBER}/\u001b[2Jfax.js:3:4)`,
    });
    expect((await lineOf(error, { development: true })).split(" Cause: ")[1]).toBe(
      "Error: no at first (/srv/fax.js:1:2).\n    at f (/srv/***/\\u001b[2Jfax.js:3:4)",
    );
  });

  test("work that failed after its answer: the line names the other hook", async () => {
    const webhooks = createFetchHandler({ secret: SECRET });
    webhooks.on("fax.delivered", (_, { waitUntil }) => waitUntil(Promise.reject(new Error("mail"))));
    await webhooks(attempt());
    await webhooks.drain();
    expect(lines).toEqual([expect.stringContaining("read record.error in onLateOutcome, or")]);
  });
});

describe("of events without a handler", () => {
  test("a receiver without any handler says so at its first delivery, and no more", async () => {
    const webhooks = createFetchHandler({ secret: SECRET });
    for (const answer of [await webhooks(attempt()), await webhooks(attempt())])
      expect(answer.status).toBe(200);
    expect(lines).toEqual([
      'mintfax-webhooks: There is no handler, so every event is unhandled. Add one: .on("fax.*", (event) => { ... }).',
    ]);
  });

  test("a receiver that has a handler of another type says nothing", async () => {
    const webhooks = createFetchHandler({ secret: SECRET }).on("fax.failed", () => {});
    expect(await (await webhooks(attempt())).json()).toMatchObject({ outcome: "unhandled" });
    expect(lines).toEqual([]);
  });

  test("a forged delivery to a receiver without any handler prints nothing", async () => {
    const { url, headers } = attempt();
    await createFetchHandler({ secret: SECRET })(new Request(url, { method: "POST", headers, body: "{}" }));
    expect(lines).toEqual([]);
  });
});

describe("of what the store threw", () => {
  test.each<[string, unknown, string]>([
    [
      "a host that cannot be reached",
      Object.assign(
        new AggregateError([
          Object.assign(new Error("connect ECONNREFUSED 10.0.0.5:5432"), { code: "ECONNREFUSED" }),
        ]),
        {
          code: "ECONNREFUSED",
        },
      ),
      "AggregateError [ECONNREFUSED] at .*; caused by Error [ECONNREFUSED]: connect ECONNREFUSED 10.0.0.5:5432.",
    ],
    [
      "a missing table",
      new StoreMisconfiguredError("The table mintfax_dedup is missing in database clinic. Run migrate()."),
      "StoreMisconfiguredError [store_misconfigured]: The table mintfax_dedup is missing in database clinic. Run migrate(). at .*",
    ],
    [
      "a driver's error behind the store's",
      new StoreUnavailableError("Redis at redis.internal:6379 is silent.", {
        cause: new Error("socket timeout"),
      }),
      "StoreUnavailableError [store_unavailable]: Redis at redis.internal:6379 is silent. at .*; caused by Error: socket timeout.",
    ],
    [
      "an error of PostgreSQL's",
      Object.assign(new Error('permission denied for table "mintfax_dedup"'), {
        code: "42501",
        hint: "GRANT it.",
        detail: `Key (patient)=(${NUMBER})`,
        stack: "",
      }),
      'Error [42501]: permission denied for table "mintfax_dedup" Hint: GRANT it..',
    ],
    [
      "secrets and numbers in a message",
      Object.assign(
        new Error(
          `postgres://app:p4ss@db:5432/x ${SECRET}, ${NUMBER}, (212) 555-1234, 212-555-1234, 12125551234`,
        ),
        { stack: "" },
      ),
      "Error: postgres://***@db:5432/x whsec_***, ***, ***, ***, ***.",
    ],
    [
      "a host's address and its port",
      Object.assign(new Error("192.168.100.200:65535"), { stack: "" }),
      "Error: 192.168.100.200:65535.",
    ],
    [
      "a string",
      "gone\r\nmintfax-webhooks: all is well\u001b[2J\u2028",
      String.raw`a thrown string: gone\u000d\u000amintfax-webhooks: all is well\u001b[2J\u2028.`,
    ],
    ["a plain object", { message: "gone", code: "E1" }, "Error [E1]: gone."],
    [
      "a message without end",
      Object.assign(new Error("x".repeat(10_000)), { stack: "" }),
      `Error: ${"x".repeat(1_000)}....`,
    ],
  ])("the line for %s", async (_, thrown, cause) => {
    const line = await storeLineOf(thrown);
    expect(line.split(" Cause: ")[1]).toMatch(new RegExp(`^${cause.split(".*").map(escaped).join(".*")}$`));
  });

  test("causes that never end are cut", async () => {
    const endless: Error & { cause?: unknown } = Object.assign(new Error("again"), { stack: "" });
    endless.cause = endless;
    expect(await storeLineOf(endless)).toMatch(/Cause: Error: again(; caused by Error: again){4}\.$/);
  });
});

// Threat: T15
test("a type that was made up is one line, and a short one", async () => {
  const webhooks = createFetchHandler({ secret: SECRET }).on("*", () => {
    throw new Error("no");
  });
  const event = {
    ...eventFixture("fax.delivered"),
    type: `fax.x\nmintfax-webhooks: \u001b[31m${"y".repeat(5_000)}`,
  };
  await webhooks(attempt(event));
  expect(lines).toEqual([
    expect.stringMatching(
      /^mintfax-webhooks: handler_failed \(fax\.x\\u000amintfax-webhooks: \\u001b\[31my+\.\.\. evt_/,
    ),
  ]);
  expect(lines[0]?.length).toBeLessThan(700);
});

// Threat: T15
test("HTTP/2: a method of 8 KB is not echoed", async () => {
  const records: OutcomeRecord[] = [];
  const receiver = createReceiver({ secret: SECRET, onOutcome: (record) => records.push(record) });
  const server = http2.createServer((req, res) => {
    void handleNodeRequest(receiver, req as never, res as never, req);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  const stream = client.request({ ":method": "A".repeat(8_000), ":path": "/" });
  let answer = "";
  stream.setEncoding("utf8").on("data", (text) => {
    answer += text;
  });
  await new Promise((resolve) => stream.on("close", resolve).end());
  const message = "This is not a POST request; webhooks are delivered by POST.";
  expect(JSON.parse(answer)).toMatchObject({ code: "method_not_allowed", message });
  expect(records).toMatchObject([{ message }]);
});

test("a console that throws changes no answer", async () => {
  vi.spyOn(console, "error").mockImplementation(fail);
  const webhooks = createFetchHandler({ secret: SECRET }).on("fax.delivered", () =>
    Promise.reject(new Error("no")),
  );
  expect((await webhooks(attempt())).status).toBe(500);
  await webhooks.drain();
});

describe("what is logged", () => {
  test("what breaks inside before anything is known has a line without a subject", async () => {
    const request = attempt();
    Object.defineProperty(request, "headers", { value: null });
    await createFetchHandler({ secret: SECRET })(request);
    expect(lines).toEqual([
      expect.stringMatching(
        /^mintfax-webhooks: internal_error: An internal error occurred in this server; see its log\. Cause: TypeError: Cannot read .* at /,
      ),
    ]);
  });

  test("a handler past its deadline, a store that is unreachable and a lost lease", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const store = new BrokenStore(createMemoryStore());
    const webhooks = createFetchHandler({ secret: SECRET, store });
    const work = gate();
    webhooks.on("fax.delivered", () => work.promise).on("fax.failed", () => {});
    const slow = webhooks(attempt());
    await vi.advanceTimersByTimeAsync(25_000);
    await slow;
    store.cut("claim");
    const unreachable = webhooks(attempt(eventFixture("fax.failed")));
    await vi.advanceTimersByTimeAsync(5_000);
    await unreachable;
    store.mend();
    store.complete = () => "lost";
    await webhooks(attempt(eventFixture("fax.failed")));
    expect(lines.map((line) => /mintfax-webhooks: (\w+) /.exec(line)?.[1])).toEqual([
      "handler_timed_out",
      "store_unavailable",
      "lease_lost",
    ]);
    work.open();
    await webhooks.drain();
  });

  test("an alarm, although the answer is 200", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const store = new BrokenStore(createMemoryStore());
    const webhooks = createFetchHandler({ secret: SECRET, store }).on("fax.delivered", () => {});
    store.cut("complete");
    const answer = webhooks(attempt());
    await vi.advanceTimersByTimeAsync(3_000);
    expect((await answer).status).toBe(200);
    expect(lines).toEqual([expect.stringContaining("complete_unavailable")]);
  });

  // Threat: T15
  test("not what went well, and not what strangers send", async () => {
    const webhooks = createFetchHandler({ secret: SECRET }).on("fax.delivered", () => {});
    const event = eventFixture("fax.delivered");
    await webhooks(attempt(event));
    await webhooks(attempt(event));
    await webhooks(attempt(eventFixture("fax.queued")));
    await webhooks(new Request("https://clinic.example/", { method: "POST", body: "{}" }));
    expect(lines).toEqual([]);
  });

  test("a body that was read before us, with the fix", async () => {
    const request = attempt();
    await request.text();
    const answer = await createFetchHandler({ secret: SECRET })(request);
    expect(answer.status).toBe(500);
    expect(await answer.json()).toMatchObject({ outcome: "misconfigured", code: "body_already_parsed" });
    expect(lines).toEqual([expect.stringContaining("request.clone()")]);
  });
});

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
