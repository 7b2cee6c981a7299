import { createManualClock } from "@mintfax-webhooks/testing";
import { describe, expect, test } from "vitest";
import { openSandbox } from "./support/calls.ts";

const URL = "http://127.0.0.1:9/webhooks";

describe("endpoints", () => {
  test("show their secret once", async () => {
    const { get, post } = await openSandbox();
    const { status, body } = await post("/webhooks", {
      url: URL,
      events: ["fax.failed"],
      description: "ward 3",
    });
    expect(status).toBe(201);
    expect(Buffer.from(body.secret.slice("whsec_".length), "base64")).toHaveLength(24);
    const { secret, ...rest } = body;
    expect((await get(`/webhooks/${body.id}`)).body).toEqual(rest);
    expect((await get("/webhooks")).body).toEqual({ data: [rest], next_cursor: null });
  });

  test("are changed member by member, and deleted", async () => {
    const { call, get, post } = await openSandbox();
    const { body } = await post("/webhooks", { url: URL, events: ["fax.failed"] });
    const change = { method: "PATCH", body: JSON.stringify({ events: null }) };
    expect((await call("PATCH", `/webhooks/${body.id}`, change)).body).toMatchObject({
      url: URL,
      events: null,
    });
    expect((await call("DELETE", `/webhooks/${body.id}`)).status).toBe(204);
    expect((await get(`/webhooks/${body.id}`)).status).toBe(404);
  });

  test.each([
    [{}, ["url"]],
    [{ url: "ftp://clinic.example/" }, ["url"]],
    [{ url: `https://clinic.example/${"x".repeat(2048)}` }, ["url"]],
    [{ url: URL, events: ["fax.sent"] }, ["events"]],
    [{ url: URL, events: [] }, ["events"]],
    [{ url: "nowhere", events: "all", description: 7 }, ["url", "events", "description"]],
  ])("are refused with every fault at once: %j", async (body, faulty) => {
    const { post } = await openSandbox();
    const answer = await post("/webhooks", body);
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({
      error: "validation_failed",
      request_id: answer.headers.get("x-request-id"),
    });
    expect(Object.keys(answer.body.context.errors)).toEqual(faulty);
  });

  test.each(["{", "[]", "null"])("of a body that is not a JSON object are refused: %s", async (body) => {
    const { call } = await openSandbox();
    expect((await call("POST", "/webhooks", { body })).status).toBe(400);
  });
});

test("a body of an endpoint that has no end in sight is refused", async () => {
  const { post } = await openSandbox();
  expect((await post("/webhooks", { url: URL, description: "x".repeat(70_000) })).status).toBe(413);
});

describe("faxes", () => {
  test("are accepted as mintfax documents it, and can be read", async () => {
    const { get, send } = await openSandbox({ timeScale: 1 });
    const { status, body } = await send(
      { to: "+15005550004", max_attempts: "5", csid: "WARD 3", "tags[]": ["order=7", "ward:3", "urgent"] },
      { "idempotency-key": "one" },
    );
    expect(status).toBe(201);
    expect(body).toMatchObject({
      status: "queued",
      to: "+15005550004",
      max_attempts: 5,
      csid: "WARD 3",
      tags: { order: "7", ward: "3", urgent: "" },
      idempotency_key: "one",
    });
    expect((await get(`/faxes/${body.id}`)).body).toEqual(body);
    expect((await get("/faxes/fax_unknown")).status).toBe(404);
  });

  test.each([
    [402, "insufficient_balance", { to: "+15005550006" }],
    [422, "validation_failed", { to: "+15005550099" }],
    [422, "validation_failed", { to: "555-0100" }],
    [422, "validation_failed", { to: "+12125551234", file: "" }],
    [422, "validation_failed", { to: "+12125551234", max_attempts: "6" }],
    [422, "validation_failed", { to: "+12125551234", resolution: "best" }],
    [422, "validation_failed", { to: "+12125551234", csid: "x".repeat(21) }],
    [422, "validation_failed", { to: "+12125551234", tags: Array(11).fill("a=b") }],
    [422, "validation_failed", { to: "+12125551234", webhook_url: "javascript:alert(1)" }],
  ])("are refused with %i %s, and leave no record: %j", async (status, error, members) => {
    const { get, send } = await openSandbox();
    const answer = await send(members);
    expect(answer).toMatchObject({ status, body: { error } });
    expect(JSON.stringify(answer.body)).not.toContain("+1500555");
    expect((await get("/faxes")).body.data).toEqual([]);
  });

  test("with the same Idempotency-Key are one fax; another request with it is refused", async () => {
    const { get, send } = await openSandbox();
    const key = { "idempotency-key": "k" };
    const first = await send({ to: "+12125551234" }, key);
    const again = await send({ to: "+12125551234" }, key);
    expect(again.body.id).toBe(first.body.id);
    expect((await get("/faxes")).body.data).toHaveLength(1);
    expect(await send({ to: "+12125551235" }, key)).toMatchObject({
      status: 409,
      body: { error: "idempotency_key_reuse" },
    });
  });

  test("are found by status, number, error code, time and tag", async () => {
    const { get, send } = await openSandbox();
    const failed = await send({ to: "+15005550008", tags: "order=7" });
    const arrived = await send({ to: "+15005550001", tags: "order=8" });
    await expect.poll(async () => (await get("/faxes?status=delivered")).body.data.length).toBe(1);
    const found = async (query: string) =>
      (await get(`/faxes?${query}`)).body.data.map(({ id }: { id: string }) => id);
    expect(await found("")).toEqual([arrived.body.id, failed.body.id]);
    expect(await found("status=failed")).toEqual([failed.body.id]);
    expect(await found("error_code=invalid_number")).toEqual([failed.body.id]);
    expect(await found(`to=${encodeURIComponent("+15005550001")}`)).toEqual([arrived.body.id]);
    expect(await found("tag[order]=8")).toEqual([arrived.body.id]);
    expect(await found("tag[order]=8&tag[ward]=3")).toEqual([]);
    expect(await found("tag[constructor]=x")).toEqual([]);
    expect(await found("created_after=2020-01-01T00:00:00Z")).toHaveLength(2);
    expect(await found("created_before=2020-01-01T00:00:00Z")).toEqual([]);
    expect((await get("/faxes?status=sent")).status).toBe(422);
    expect((await get("/faxes?created_after=yesterday")).status).toBe(422);
  });

  test.each([
    ["+15005550001", "delivered"],
    ["+15005550008", "failed"],
  ])(
    "to %s leave their id, status and times once they have ended, with zero footprint",
    async (to, status) => {
      const { get, send } = await openSandbox({ zeroFootprint: true });
      const sent = await send({ to, tags: "order=7" });
      expect(sent.body).toMatchObject({ to, tags: { order: "7" } });
      await expect.poll(async () => (await get("/faxes")).body.data[0].status).toBe(status);
      const { body } = await get(`/faxes/${sent.body.id}`);
      expect(body).toEqual({
        id: sent.body.id,
        status,
        submitted_at: expect.any(String),
        completed_at: expect.any(String),
        created_at: sent.body.created_at,
        updated_at: expect.any(String),
      });
      expect((await get("/faxes")).body.data).toEqual([body]);
      expect((await get(`/faxes?status=${status}&created_after=2020-01-01T00:00:00Z`)).body.data).toEqual([
        body,
      ]);
      expect((await get("/faxes?tag[order]=7")).body.data).toEqual([]);
      expect((await get(`/faxes?to=${encodeURIComponent(to)}`)).body.data).toEqual([]);
    },
  );

  test("come in pages that do not move when a fax is added", async () => {
    const { get, send } = await openSandbox({ timeScale: 1 });
    for (let count = 0; count < 5; count += 1) await send({ to: "+12125551234" });
    const first = (await get("/faxes?per_page=2")).body;
    await send({ to: "+12125551234" });
    const second = (await get(`/faxes?per_page=2&cursor=${first.next_cursor}`)).body;
    const third = (await get(`/faxes?per_page=2&cursor=${second.next_cursor}`)).body;
    const ids = [first, second, third].flatMap(({ data }) => data.map(({ id }: { id: string }) => id));
    expect(new Set(ids).size).toBe(5);
    expect(third.next_cursor).toBeNull();
    expect((await get("/faxes?per_page=101")).status).toBe(422);
    expect((await get("/faxes?cursor=fax_unknown")).status).toBe(422);
  });
});

describe("every call", () => {
  test.each([
    ["no key", "", 401, "authentication_required"],
    ["another scheme", "Basic dXNlcjpwYXNz", 401, "authentication_required"],
    ["another key", "Bearer mfx_test_other", 401, "invalid_api_key"],
    ["a live key", "Bearer mfx_live_1", 403, "account_not_activated"],
    ["an account key", "Bearer mfx_acct_1", 403, "account_key_not_allowed"],
  ])("with %s is refused", async (_, authorization, status, error) => {
    const { call } = await openSandbox();
    expect(await call("GET", "/faxes", { headers: { authorization } })).toMatchObject({
      status,
      body: { error },
    });
  });

  test("beyond the limit of a minute is refused, and told when to come again", async () => {
    const { get } = await openSandbox({ rateLimitPerMinute: 2 });
    expect((await get("/faxes")).headers.get("x-ratelimit-remaining")).toBe("1");
    expect((await get("/faxes")).headers.get("x-ratelimit-remaining")).toBe("0");
    const refused = await get("/faxes");
    expect(refused).toMatchObject({
      status: 429,
      body: { error: "rate_limit_exceeded", action: "wait_and_retry" },
    });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(refused.headers.get("x-ratelimit-limit")).toBe("2");
  });

  test("is dated and counted by the sandbox's clock", async () => {
    const clock = createManualClock(Date.parse("2031-01-01T00:00:00Z"));
    const { get } = await openSandbox({ rateLimitPerMinute: 2, clock });
    expect((await get("/faxes")).headers.get("date")).toBe("Wed, 01 Jan 2031 00:00:00 GMT");
    await clock.advance(20_000);
    await get("/faxes");
    expect((await get("/faxes")).headers.get("retry-after")).toBe("40");
    await clock.advance(40_000);
    expect((await get("/faxes")).status).toBe(200);
    expect((await get("/faxes")).status).toBe(429);
  });

  test("to a path that mintfax does not have is answered with 404", async () => {
    const { get } = await openSandbox();
    expect(await get("/account/settings")).toMatchObject({ status: 404, body: { error: "not_found" } });
  });
});
