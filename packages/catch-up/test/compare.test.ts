import {
  type CatchUp,
  type CatchUpOptions,
  createCatchUp,
  type MissingFax,
  type OpenFax,
  openFaxes,
} from "@mintfax-webhooks/catch-up";
import { describe, expect, test } from "vitest";
import { API_KEY, environment, isoOf, oddApi } from "./support/api.ts";
import { type Mintfax, playMintfax } from "./support/mintfax.ts";
import { startReceiver } from "./support/receiver.ts";

const HOUR_MS = 3_600_000;

function catchUpOf({ endpoint, sandbox, catchUpClock }: Mintfax, options: Partial<CatchUpOptions>): CatchUp {
  const { apiKey, url: baseUrl } = sandbox;
  return createCatchUp({ endpoint, apiKey, baseUrl, clock: catchUpClock, ...options });
}

describe("against the sandbox", () => {
  test("onMissing is called for faxes that are final at mintfax and outstanding here, after events were resent", async () => {
    const receiver = await startReceiver();
    const mintfax = await playMintfax(receiver.url, { rateLimitPerMinute: 1_000_000 });
    const lost = await mintfax.send(5, "lost");
    const came = await mintfax.send(3);
    await expect.poll(() => receiver.outcomes.processed).toBe(9);
    receiver.isDown = true;
    const failed = await mintfax.send(2);
    await expect.poll(() => receiver.turnedAway).toBe(24);
    receiver.isDown = false;
    await mintfax.clock.advance(8 * HOUR_MS);

    const sent = [...lost, ...came, ...failed];
    const missing: MissingFax[] = [];
    const catchUp = catchUpOf(mintfax, {
      outstanding: () => {
        const final = new Set(receiver.handled.map(({ faxId }) => faxId));
        return sent
          .filter((id) => !final.has(id))
          .map((id) => ({ id, since: new Date(mintfax.clock.nowMs() - 8 * HOUR_MS) }));
      },
      onMissing: (fax) => void missing.push(fax),
    });
    const planned = await catchUp.run({ dryRun: true });
    expect(planned.faxes).toMatchObject({ compared: 7, missing: 7 });
    expect(missing).toEqual([]);
    const report = await catchUp.run();
    expect(report.events).toMatchObject({ repaired: 6 });
    expect(report.faxes).toEqual({ compared: 5, missing: 5, leftToSchedule: 0, open: 0, unknown: 0 });
    expect(missing.map(({ id }) => id).sort()).toEqual([...lost].sort());
    expect(missing[0]).toMatchObject({
      status: "delivered",
      zeroFootprint: false,
      fax: { pages: 1, tags: {} },
    });
    expect(report.missing).toEqual(missing);
  });

  test("of a zero-footprint fax there are id, status and times, and its type says so", async () => {
    const receiver = await startReceiver();
    const mintfax = await playMintfax(receiver.url, { zeroFootprint: true, rateLimitPerMinute: 1_000_000 });
    const [id = ""] = await mintfax.send(1, "lost");
    await expect
      .poll(async () => (await mintfax.call("GET", `/faxes/${id}`)).body)
      .toMatchObject({ status: "delivered" });
    await mintfax.clock.advance(HOUR_MS);
    const missing: MissingFax[] = [];
    await catchUpOf(mintfax, {
      outstanding: () => [{ id }],
      onMissing: (fax) => void missing.push(fax),
    }).run();
    expect(missing).toEqual([
      {
        id,
        status: "delivered",
        zeroFootprint: true,
        fax: {
          id,
          status: "delivered",
          created_at: expect.any(String),
          submitted_at: expect.any(String),
          completed_at: expect.any(String),
          updated_at: expect.any(String),
        },
      },
    ]);
  });
});

interface Fax {
  readonly id: string;
  readonly status: string;
  readonly created_at: string;
  readonly completed_at: string | null;
  readonly to: string;
}

/** Faxes of one minute each, the newest first. */
function faxesOf(count: number, members: Partial<Fax> = {}): Fax[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `fax_${index}`,
    status: "delivered",
    created_at: isoOf(Date.now() - (index + 60) * 60_000),
    completed_at: isoOf(Date.now() - (index + 58) * 60_000),
    to: "+15005550001",
    ...members,
  }));
}

/** An environment without failed attempts that has these faxes. */
function faxesAt(faxes: readonly Fax[]): Parameters<typeof oddApi>[0] {
  const attempts = environment([]);
  return (asked) => {
    const { path, query, response } = asked;
    if (path.startsWith("/webhooks")) return attempts(asked);
    if (path === "/faxes") {
      const [after, before] = ["created_after", "created_before"].map((name) =>
        Date.parse(query.get(name) ?? ""),
      );
      const all = faxes.filter(
        ({ created_at }) => Date.parse(created_at) > (after ?? 0) && Date.parse(created_at) < (before ?? 0),
      );
      const from = Number(query.get("cursor") ?? 0);
      return {
        data: all.slice(from, from + 100),
        next_cursor: from + 100 < all.length ? String(from + 100) : null,
      };
    }
    const fax = faxes.find(({ id }) => path === `/faxes/${id}`);
    if (fax !== undefined) return fax;
    response.writeHead(404, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: "not_found" }));
    return undefined;
  };
}

function ofFaxes(requests: readonly string[]): string[] {
  return requests.filter((request) => request.startsWith("GET /faxes"));
}

describe("how many requests it takes", () => {
  test("faxes with a time of submission are looked up in the list of that time: 100 with a request", async () => {
    const faxes = faxesOf(1_000);
    const outstanding = faxes
      .slice(100, 400)
      .map(({ id, created_at }) => ({ id, since: new Date(created_at) }));
    const { catchUp, requests } = await oddApi(faxesAt(faxes), { outstanding: () => outstanding });
    expect((await catchUp.run()).faxes).toMatchObject({ compared: 300, missing: 300 });
    // 300 faxes of 300 minutes, and of a quarter of an hour on either side.
    expect(ofFaxes(requests)).toEqual(Array.from({ length: 4 }, () => "GET /faxes"));
  });

  test("few faxes that lie far apart are asked for one by one", async () => {
    const faxes = faxesOf(1_000);
    const outstanding = [0, 999].map((index) => ({
      id: `fax_${index}`,
      since: new Date(faxes[index]?.created_at ?? ""),
    }));
    const { catchUp, requests } = await oddApi(faxesAt(faxes), { outstanding: () => outstanding });
    expect((await catchUp.run()).faxes).toMatchObject({ compared: 2, missing: 2 });
    // The first page has one of them: then one is left, which takes one request.
    expect(ofFaxes(requests)).toEqual(["GET /faxes", "GET /faxes/fax_999"]);
  });

  test("a fax without a time, and one alone, are asked for by their ids", async () => {
    const { catchUp, requests } = await oddApi(faxesAt(faxesOf(10)), {
      outstanding: async () => [{ id: "fax_3" }],
    });
    expect((await catchUp.run()).faxes).toMatchObject({ compared: 1, missing: 1 });
    expect(ofFaxes(requests)).toEqual(["GET /faxes/fax_3"]);
  });
});

test("faxes that are under way, ended a moment ago, or are not known are not missing", async () => {
  const faxes = [
    ...faxesOf(1, { id: "fax_open", status: "in_progress", completed_at: null }),
    ...faxesOf(1, { id: "fax_new_status", status: "canceled" }),
    ...faxesOf(1, { id: "fax_ended", status: "failed", completed_at: isoOf(Date.now() - 60_000) }),
    ...faxesOf(1, { id: "fax_missing", status: "failed" }),
  ];
  const { catchUp } = await oddApi(faxesAt(faxes), {
    async *outstanding() {
      for (const { id } of faxes) yield { id };
      yield { id: "fax_deleted" };
      yield { id: "../webhooks" };
      yield null as never;
    },
  });
  const report = await catchUp.run();
  expect(report.faxes).toEqual({ compared: 5, missing: 1, leftToSchedule: 1, open: 2, unknown: 1 });
  expect(report).toMatchObject({ notUnderstood: 2, missing: [{ id: "fax_missing" }] });
});

test("a fax for which onMissing fails does not keep the others back; the run ends with an error", async () => {
  const faxes = faxesOf(3);
  const told: string[] = [];
  const { catchUp } = await oddApi(faxesAt(faxes), {
    outstanding: () => faxes,
    onMissing: async ({ id }) => {
      told.push(id);
      if (id === "fax_0") throw new Error("The row is locked.");
    },
  });
  await expect(catchUp.run()).rejects.toMatchObject({
    code: "on_missing_failed",
    cause: { message: "The row is locked." },
    report: { faxes: { missing: 3 } },
  });
  expect(told).toEqual(["fax_0", "fax_1", "fax_2"]);
});

test.each<[string, () => never]>([
  [
    "throws",
    () => {
      throw new Error("The database is down.");
    },
  ],
  ["rejects", (() => Promise.reject(new Error("The database is down."))) as never],
  [
    "breaks off",
    async function* () {
      yield { id: "fax_0" };
      throw new Error("The database is down.");
    } as never,
  ],
  ["gives no list", (() => 7) as never],
  ["gives nothing", (() => undefined) as never],
])("outstanding that %s: what was resent is in the error's report", async (_, outstanding) => {
  const { catchUp, requests } = await oddApi(faxesAt(faxesOf(1)), { outstanding });
  await expect(catchUp.run()).rejects.toMatchObject({
    code: "outstanding_failed",
    report: { complete: false },
  });
  expect(ofFaxes(requests)).toEqual([]);
});

describe("openFaxes", () => {
  test("gives the faxes that are not final at mintfax and were created before a time", async () => {
    const receiver = await startReceiver();
    const mintfax = await playMintfax(receiver.url, { rateLimitPerMinute: 1_000_000, timeScale: 1 });
    const { apiKey, url: baseUrl } = mintfax.sandbox;
    const [old = ""] = await mintfax.send(1);
    await mintfax.clock.advance(30_000);
    await mintfax.send(1);
    const open: OpenFax[] = [];
    const options = { apiKey, baseUrl, clock: mintfax.catchUpClock, olderThan: 10_000 };
    for await (const fax of openFaxes(options)) open.push(fax);
    expect(open).toEqual([
      { id: old, status: expect.stringMatching(/queued|submitted|in_progress/), createdAt: expect.any(Date) },
    ]);
  });

  test("throws where the list cannot be read to its end, and for what is not a time", async () => {
    const { url } = await oddApi(() => ({ data: faxesOf(1, { status: "queued" }), next_cursor: "again" }));
    const all = openFaxes({ apiKey: API_KEY, baseUrl: url, olderThan: 0 });
    const drain = async (): Promise<void> => {
      for await (const { status } of all) expect(status).toBe("queued");
    };
    await expect(drain()).rejects.toMatchObject({ code: "answer_not_understood" });
    expect(() => openFaxes({ apiKey: API_KEY, olderThan: Number.NaN })).toThrow(/olderThan/);
  });
});
