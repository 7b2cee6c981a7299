import { CatchUpError, createCatchUp } from "@mintfax-webhooks/catch-up";
import { describe, expect, test } from "vitest";
import {
  type Answering,
  API_KEY,
  ENDPOINT,
  environment,
  failedAttempt,
  isoOf,
  oddApi,
} from "./support/api.ts";

function noteCodes({ notes }: { readonly notes: readonly { readonly code: string }[] }): string[] {
  return notes.map(({ code }) => code);
}

/** The answer of this environment, with other members of paging. */
function paged(
  answering: Answering,
  change: (page: { data: unknown[]; next_cursor: string | null }) => unknown,
): Answering {
  return (asked) => {
    const answer = answering(asked);
    return asked.method === "GET"
      ? change(answer as { data: unknown[]; next_cursor: string | null })
      : answer;
  };
}

const MANY = Array.from({ length: 250 }, (_, index) => failedAttempt(index));

describe("how the next page is named", () => {
  const url = (cursor: string | null): string | null =>
    cursor === null ? null : `https://elsewhere.example/v1/webhooks/attempts?cursor=${cursor}&per_page=100`;

  test.each<[string, (page: { data: unknown[]; next_cursor: string | null }) => unknown]>([
    ["next_cursor at the top", (page) => page],
    ["next_cursor in meta", ({ data, next_cursor }) => ({ data, links: {}, meta: { next_cursor } })],
    ["next_cursor in pagination", ({ data, next_cursor }) => ({ data, pagination: { next_cursor } })],
    ["a URL in links.next", ({ data, next_cursor }) => ({ data, links: { next: url(next_cursor) } })],
    ["next_page_url", ({ data, next_cursor }) => ({ data, next_page_url: url(next_cursor) })],
    ["unknown members beside it", (page) => ({ object: "list", ...page, took_ms: 3 })],
  ])("%s: all three pages are read, from the API's own address", async (_, change) => {
    const { catchUp, requests } = await oddApi(paged(environment(MANY), change));
    const { attemptsRead, complete, events, notes } = await catchUp.run({ dryRun: true });
    expect({ attemptsRead, complete, toResend: events.toResend, notes }).toEqual({
      attemptsRead: 250,
      complete: true,
      toResend: 250,
      notes: [],
    });
    expect(requests.filter((request) => request.endsWith("failed"))).toHaveLength(3);
  });

  test("nothing: the first page is worked on, and the report says that there may be more", async () => {
    const { catchUp } = await oddApi(paged(environment(MANY), ({ data }) => ({ data })));
    const report = await catchUp.run();
    expect(report).toMatchObject({ complete: false, events: { repaired: 100 }, owed: 0 });
    expect(noteCodes(report)).toEqual(["paging_missing"]);
  });

  test("nothing, on a page of two: that is all there is", async () => {
    const { catchUp } = await oddApi(paged(environment(MANY.slice(0, 2)), ({ data }) => data));
    expect(await catchUp.run()).toMatchObject({ complete: true, events: { repaired: 2 }, notes: [] });
  });
});

test("a list that goes round in a circle ends, and each event is resent once", async () => {
  const answering = environment(MANY);
  const { catchUp, requests } = await oddApi((asked) => {
    const answer = answering(asked);
    if (asked.query.get("status") !== "failed") return answer;
    const { data } = answer as { data: unknown[] };
    return { data, next_cursor: asked.query.get("cursor") === "100" ? "200" : "100" };
  });
  const report = await catchUp.run();
  expect(report).toMatchObject({ complete: false, resent: 250, events: { repaired: 250 } });
  expect(noteCodes(report)).toContain("page_repeated");
  expect(new Set(requests.filter((request) => request.startsWith("POST"))).size).toBe(250);
});

test("a proxy that answers every page with the first one: reading ends at the second", async () => {
  const answering = environment(MANY);
  const { catchUp, requests } = await oddApi((asked) => {
    if (asked.query.get("status") === "failed") asked.query.delete("cursor");
    return answering(asked);
  });
  const report = await catchUp.run({ dryRun: true });
  expect(report).toMatchObject({ complete: false, attemptsRead: 100 });
  expect(noteCodes(report)).toEqual(["page_repeated"]);
  expect(requests).toHaveLength(3);
});

test("an endless list of failures ends after maxPages, and what was read is worked on", async () => {
  let page = 0;
  const { catchUp, requests } = await oddApi(
    ({ method, query }) => {
      if (method === "POST" || query.get("status") === "succeeded") return { data: [], next_cursor: null };
      page += 1;
      return { data: [failedAttempt(`${page}a`), failedAttempt(`${page}b`)], next_cursor: `page-${page}` };
    },
    { maxPages: 7 },
  );
  const report = await catchUp.run({ dryRun: true });
  expect(report).toMatchObject({ complete: false, attemptsRead: 14, events: { toResend: 14 } });
  expect(noteCodes(report)).toEqual(["page_limit"]);
  expect(requests.filter((request) => request.endsWith("failed"))).toHaveLength(7);
});

test("an endless list of successes: what is not decided by it is not resent, and the report says so", async () => {
  let page = 0;
  const { catchUp, requests } = await oddApi(
    ({ query }) => {
      if (query.get("status") === "failed") return { data: [failedAttempt(1)], next_cursor: null };
      page += 1;
      const now = isoOf(Date.now());
      return {
        data: [failedAttempt(`s${page}`, { succeeded_at: now, failed_at: null })],
        next_cursor: `page-${page}`,
      };
    },
    { maxPages: 5 },
  );
  const report = await catchUp.run();
  expect(report).toMatchObject({ complete: false, resent: 0, owed: 1, events: { postponed: 1 } });
  expect(report.details).toMatchObject([{ eventId: "evt_1", reason: "successes_not_all_read" }]);
  expect(requests).toHaveLength(6);
});

test("per_page is refused: the list is read in pages of mintfax's own size", async () => {
  const answering = environment(MANY);
  const { catchUp, requests } = await oddApi((asked) => {
    if (!asked.query.has("per_page")) return answering(asked);
    asked.response.writeHead(422, { "content-type": "application/json" });
    asked.response.end(JSON.stringify({ error: "validation_failed" }));
    return undefined;
  });
  const report = await catchUp.run({ dryRun: true });
  expect(report).toMatchObject({ complete: true, attemptsRead: 250, events: { toResend: 250 } });
  expect(noteCodes(report)).toEqual(["per_page_refused"]);
  // Ten pages of 25 and one of no success, and a refused request for each of the two lists.
  expect(requests).toHaveLength(13);
});

test("a list from the oldest on is read to its end, and the report says so", async () => {
  const hour = 3_600_000;
  const list = Array.from({ length: 250 }, (_, index) =>
    failedAttempt(index, { failed_at: isoOf(Date.now() - (251 - index) * hour) }),
  );
  const { catchUp } = await oddApi(environment(list));
  const report = await catchUp.run({ since: 5.5 * hour, dryRun: true });
  expect(report).toMatchObject({ complete: true, attemptsRead: 4 });
  expect(noteCodes(report)).toEqual(["order_unexpected"]);
});

test("a list from the newest on is read back to since, and no further", async () => {
  const minute = 60_000;
  const list = Array.from({ length: 1_000 }, (_, index) =>
    failedAttempt(index, { failed_at: isoOf(Date.now() - (index + 30) * minute) }),
  );
  const { catchUp, requests } = await oddApi(environment(list));
  expect(await catchUp.run({ since: 150 * minute, dryRun: true })).toMatchObject({
    complete: true,
    attemptsRead: 120,
  });
  // The second page reaches behind it; the third is known to be older as a whole.
  expect(requests.filter((request) => request.endsWith("failed"))).toHaveLength(3);
});

test("an attempt that mintfax has forgotten is refused, and the others get through", async () => {
  const answering = environment([failedAttempt(1), failedAttempt(2)]);
  const { catchUp } = await oddApi((asked) =>
    answering(asked.path.includes("wha_1/") ? { ...asked, path: "/webhooks/attempts/wha_0/retry" } : asked),
  );
  const report = await catchUp.run();
  expect(report).toMatchObject({ resent: 1, owed: 1, events: { repaired: 1, refused: 1 } });
  expect(report.details[0]).toMatchObject({ eventId: "evt_1", state: "refused", reason: "attempt_gone" });
});

test("entries that are not attempts are counted and left out", async () => {
  const { catchUp } = await oddApi(
    environment([
      failedAttempt(6, { failed_at: null, succeeded_at: isoOf(Date.now()) }),
      failedAttempt(1),
      null as never,
      [] as never,
      failedAttempt(2, { event_id: 7 }),
      failedAttempt(3, { id: "../../faxes" }),
      failedAttempt(4, { id: "x".repeat(1_000_000) }),
      failedAttempt(5, { webhook_endpoint_id: "webhook_another" }),
    ]),
  );
  const report = await catchUp.run();
  expect(report).toMatchObject({ notUnderstood: 5, resent: 1, events: { total: 1, repaired: 1 } });
  expect(noteCodes(report)).toEqual(["attempt_not_understood", "other_endpoint"]);
});

test("where mintfax does not say when an attempt failed, only four attempts make its event due", async () => {
  const { catchUp } = await oddApi(
    environment([
      failedAttempt(1, { failed_at: undefined, attempt_number: 4 }),
      failedAttempt(2, { failed_at: "yesterday", attempt_number: "3" }),
      failedAttempt(3, { failed_at: null, attempt_number: undefined }),
    ]),
  );
  const report = await catchUp.run();
  expect(report).toMatchObject({ events: { repaired: 1, leftToSchedule: 2 } });
  expect(noteCodes(report)).toEqual(["time_missing"]);
});

test("times without an offset are UTC, wherever this runs", async () => {
  const at = new Date(Date.now() - 600_000).toISOString().slice(0, 19);
  const { catchUp } = await oddApi(
    environment([
      failedAttempt(1, { failed_at: at, attempt_number: 2 }),
      failedAttempt(2, { failed_at: at.replace("T", " "), attempt_number: 2 }),
      failedAttempt(3, { failed_at: `${at}.123456Z`, attempt_number: 2 }),
      failedAttempt(4, { failed_at: `${at}+00:00`, attempt_number: 2 }),
    ]),
  );
  expect(await catchUp.run({ dryRun: true })).toMatchObject({ events: { leftToSchedule: 4 }, notes: [] });
});

describe("an answer that is not the API's", () => {
  const html = "<html><body>Sign in to the hotel's network</body></html>";

  test("a page of a proxy in place of a list: tried five times, then an error in words", async () => {
    const { catchUp, requests } = await oddApi(({ response }) => {
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
      response.end(html);
    });
    const error = await catchUp.run().catch((thrown: unknown) => thrown as CatchUpError);
    expect(error).toMatchObject({
      code: "answer_not_understood",
      status: 200,
      report: { complete: false, requests: 5 },
    });
    expect(String(error)).toContain(
      "text/html instead of JSON. A proxy may have answered in mintfax's place.",
    );
    expect(requests).toHaveLength(5);
  });

  test("a page of a proxy in place of a retry's answer: looked up, and asked for again once nothing came of it", async () => {
    const answering = environment([failedAttempt(1)]);
    let posts = 0;
    const { catchUp } = await oddApi((asked) => {
      if (asked.method === "GET") return answering(asked);
      posts += 1;
      if (posts > 1) return answering(asked);
      asked.response.writeHead(200, { "content-type": "text/html" });
      asked.response.end(html);
      return undefined;
    });
    expect(await catchUp.run()).toMatchObject({ resent: 1, events: { repaired: 1 } });
    expect(posts).toBe(2);
  });

  test("a retry whose answer is lost after mintfax took it: it is not asked for again", async () => {
    const answering = environment([failedAttempt(1)]);
    const { catchUp, requests } = await oddApi((asked) => {
      const answer = answering(asked);
      if (asked.method === "GET") return answer;
      asked.response.destroy();
      return undefined;
    });
    expect(await catchUp.run()).toMatchObject({ resent: 0, owed: 0, events: { repaired: 1 } });
    expect(requests.filter((request) => request.startsWith("POST"))).toHaveLength(1);
  });

  test.each<[string, unknown]>([
    ["an object without a list", { items: [], took: 3 }],
    ["a number", 7],
    ["a text", "ok"],
    ["a list in another place", { data: { attempts: [] } }],
  ])("JSON that is %s: an error at once", async (_, json) => {
    const { catchUp, requests } = await oddApi(() => json);
    await expect(catchUp.run()).rejects.toMatchObject({ code: "answer_not_understood" });
    expect(requests).toHaveLength(1);
  });

  test("a body of 100 MB is not read to its end", async () => {
    let written = 0;
    const { catchUp } = await oddApi(({ response }) => {
      response.writeHead(200, { "content-type": "application/json" });
      const chunk = Buffer.alloc(64 * 1024, " ");
      const write = (): void => {
        while (written < 100 * 1024 * 1024 && !response.destroyed) {
          written += chunk.length;
          if (!response.write(chunk)) return void response.once("drain", write);
        }
        response.end("[]");
      };
      write();
    });
    await expect(catchUp.run()).rejects.toMatchObject({ code: "answer_not_understood" });
    expect(written).toBeLessThan(5 * 20 * 1024 * 1024);
  });

  // Threat: T22
  test("a redirect is not followed, and the key goes nowhere else", async () => {
    let seen: unknown = "nothing";
    const elsewhere = await oddApi(({ request }) => {
      seen = request.headers.authorization;
      return { data: [] };
    });
    const { catchUp } = await oddApi(({ response }) => {
      response.writeHead(307, { location: `${elsewhere.url}/webhooks/attempts?secret=1` });
      response.end();
    });
    const error = await catchUp.run().catch((thrown: unknown) => thrown as CatchUpError);
    expect(error).toMatchObject({ code: "redirected", status: 307 });
    expect(String(error)).toContain(new URL(elsewhere.url).origin);
    expect(seen).toBe("nothing");
  });

  test.each<[string, Answering]>([
    ["hangs before its headers", () => undefined],
    [
      "hangs in its body",
      ({ response }) => {
        response.writeHead(200, { "content-type": "application/json" });
        response.write('{"data":[');
      },
    ],
    [
      "breaks off in its body",
      ({ response }) => {
        response.writeHead(200, { "content-type": "application/json", "content-length": 1_000 });
        response.write('{"data":[', () => response.destroy());
      },
    ],
    ["never begins: the connection is reset", ({ response }) => void response.destroy()],
    ["is 500", ({ response }) => void response.writeHead(500).end("oops")],
  ])("one that %s: tried five times, then an error", async (_, answering) => {
    const { catchUp, requests } = await oddApi(answering, { timeoutMs: 100 });
    const error = await catchUp.run().catch((thrown: unknown) => thrown as CatchUpError);
    expect(error).toMatchObject({ code: "api_unavailable", report: { complete: false } });
    expect(requests).toHaveLength(5);
  });
});

describe("a refusal", () => {
  test.each<[number, string]>([
    [400, "request_refused"],
    [401, "api_key_rejected"],
    [402, "request_refused"],
    [403, "access_denied"],
    [404, "request_refused"],
  ])(
    "%d ends the run with %s, mintfax's word and the id of the request, without the key",
    async (status, code) => {
      const { catchUp, requests } = await oddApi(({ response }) => {
        response.writeHead(status, {
          "content-type": "application/json",
          "x-request-id": "req_01J9XYZQ8KH7B3R0WXAZP8VW6F",
        });
        response.end(
          JSON.stringify({ error: "some_reason", message: `The key ${API_KEY} and +12125551234` }),
        );
      });
      const error = await catchUp.run().catch((thrown: unknown) => thrown as CatchUpError);
      expect(error).toBeInstanceOf(CatchUpError);
      expect(error).toMatchObject({ code, status });
      expect(String(error)).toMatch(/some_reason.*req_01J9XYZQ8KH7B3R0WXAZP8VW6F/);
      expect(String(error)).not.toMatch(/1234567890|12125551234/);
      // 400 may be about per_page, so it is asked once without.
      expect(requests).toHaveLength(status === 400 ? 2 : 1);
    },
  );

  test("429 is waited for as Retry-After asks, and a wait of an hour ends the run", async () => {
    const answering = environment([failedAttempt(1)]);
    let refusals = 0;
    const { catchUp, requests } = await oddApi((asked) => {
      refusals += 1;
      if (refusals > 3) return answering(asked);
      asked.response.writeHead(429, { "retry-after": "7", "content-type": "application/json" });
      asked.response.end(JSON.stringify({ error: "rate_limit_exceeded" }));
      return undefined;
    });
    const waits: number[] = [];
    for await (const step of catchUp.steps({ dryRun: true }))
      if (step.type === "waiting") waits.push(step.waitMs);
    expect(waits).toEqual([7_000, 7_000, 7_000]);
    expect(requests).toHaveLength(5);
    const hour = await oddApi(
      ({ response }) => void response.writeHead(429, { "retry-after": "3600" }).end(),
    );
    await expect(hour.catchUp.run()).rejects.toMatchObject({ code: "api_unavailable", status: 429 });
    expect(hour.requests).toHaveLength(1);
  });

  test("429 without end ends the run", async () => {
    const { catchUp, requests } = await oddApi(({ response }) => void response.writeHead(429).end());
    await expect(catchUp.run()).rejects.toMatchObject({ code: "api_unavailable", status: 429 });
    expect(requests).toHaveLength(10);
  });

  test("mintfax down in the middle of resending: the run ends, and its report has what it did", async () => {
    const answering = environment(MANY.slice(0, 50));
    let posts = 0;
    const { catchUp, requests } = await oddApi((asked) => {
      if (asked.method === "POST") posts += 1;
      if (posts <= 20) return answering(asked);
      asked.response.writeHead(503).end();
      return undefined;
    });
    const error = await catchUp.run().catch((thrown: unknown) => thrown as CatchUpError);
    expect(error).toMatchObject({ code: "api_unavailable", report: { resent: 20, complete: false } });
    expect((error as CatchUpError).report?.events).toMatchObject({ toResend: 25 });
    expect(requests.filter((request) => request.startsWith("POST"))).toHaveLength(25);
  });
});

test("no attempt at all, failed or succeeded: the report asks whether the endpoint is the right one", async () => {
  const { catchUp, requests } = await oddApi(environment([]));
  const report = await catchUp.run();
  expect(report).toMatchObject({ complete: true, owed: 0 });
  expect(noteCodes(report)).toEqual(["no_attempts"]);
  expect(requests).toHaveLength(2);
});

test("an endpoint that was deleted: mintfax refuses, and the run does not ask for each of a thousand events", async () => {
  const { catchUp, requests } = await oddApi((asked) => {
    if (asked.method === "GET")
      return environment(Array.from({ length: 1_000 }, (_, index) => failedAttempt(index)))(asked);
    asked.response.writeHead(404).end();
    return undefined;
  });
  const report = await catchUp.run();
  expect(report).toMatchObject({ resent: 0, owed: 1_000, endpointFailing: false });
  expect(report.events).toMatchObject({ refused: 20, postponed: 980 });
  expect(report.details.at(-1)).toMatchObject({ state: "postponed", reason: "retries_refused" });
  expect(requests.filter((request) => request.startsWith("POST"))).toHaveLength(20);
});

test("ages are counted by mintfax's clock, and the report says that this machine's differs", async () => {
  const aheadMs = 2 * 3_600_000;
  const there = (minutes: number): string => isoOf(Date.now() + aheadMs - minutes * 60_000);
  const answering = environment([
    failedAttempt(1, { attempt_number: 2, failed_at: there(5) }),
    failedAttempt(2, { attempt_number: 2, failed_at: there(30) }),
  ]);
  const { url } = await oddApi((asked) => {
    asked.response.setHeader("date", new Date(Date.now() + aheadMs).toUTCString());
    return answering(asked);
  });
  const report = await createCatchUp({ endpoint: ENDPOINT, apiKey: API_KEY, baseUrl: url }).run({
    dryRun: true,
  });
  expect(report.events).toMatchObject({ leftToSchedule: 1, toResend: 1 });
  expect(report.notes).toMatchObject([
    { code: "clock_differs", message: expect.stringContaining("behind mintfax's") },
  ]);
});

test("a cache in between is named, and its old Date is not taken for mintfax's time", async () => {
  const answering = environment([
    failedAttempt(1, { attempt_number: 2, failed_at: isoOf(Date.now() - 300_000) }),
  ]);
  const { url } = await oddApi((asked) => {
    asked.response.setHeader("age", "86400");
    asked.response.setHeader("date", new Date(Date.now() - 86_400_000).toUTCString());
    return answering(asked);
  });
  const report = await createCatchUp({ endpoint: ENDPOINT, apiKey: API_KEY, baseUrl: url }).run({
    dryRun: true,
  });
  expect(report.events).toMatchObject({ leftToSchedule: 1 });
  expect(noteCodes(report)).toEqual(["answer_cached"]);
});

test("pages of any length: no more entries are read than maxPages pages of 100 have", async () => {
  let page = 0;
  const { catchUp } = await oddApi(
    ({ query }) => {
      if (query.get("status") === "succeeded") return { data: [], next_cursor: null };
      page += 1;
      return {
        data: Array.from({ length: 300 }, (_, index) => failedAttempt(`${page}_${index}`)),
        next_cursor: `${page}`,
      };
    },
    { maxPages: 5 },
  );
  const report = await catchUp.run({ dryRun: true });
  expect(report).toMatchObject({ complete: false, attemptsRead: 600 });
  expect(noteCodes(report)).toContain("page_limit");
});
