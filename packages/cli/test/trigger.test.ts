import express from "express";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { cli, SECRET } from "./support/cli.ts";
import { deadUrl, serve, serveAlways, serveHandlerOfFailed, serveReceiver } from "./support/server.ts";

describe("trigger", () => {
  test("delivers one signed event, and prints the answer", async () => {
    const { url, events } = await serveReceiver();
    const { code, stdout, stderr } = await cli(["trigger", "fax.delivered", "--id", "evt_mine", "--to", url]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(events).toMatchObject([{ id: "evt_mine", type: "fax.delivered" }]);
    expect(stdout).toMatch(/^fax\.delivered {2}evt_mine\nto http.*\n\n✓ 200 {2}processed {2}[\d.]+ m?s\n$/);
    expect(stdout).not.toContain(SECRET.slice("whsec_".length));
  });

  test("sets fields by their path: JSON, text, and text that looks like a number", async () => {
    const { url, events } = await serveReceiver();
    const sets = [
      "data.object.pages=7",
      "data.object.tags.order=1043",
      "data.object.error_message=no, not = this",
    ];
    const args = sets.flatMap((set) => ["--set", set]);
    const { code, stderr } = await cli(["trigger", "fax.failed", ...args, "--to", url]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(events[0]?.data.object).toMatchObject({
      pages: 7,
      tags: { order: "1043" },
      error_message: "no, not = this",
      error_code: "invalid_number",
    });
  });

  test("sends a field that mintfax does not document, with a note", async () => {
    const { url, events } = await serveReceiver();
    const { code, stderr } = await cli([
      "trigger",
      "fax.queued",
      "--set",
      'data.object.page={"a":1}',
      "--to",
      url,
    ]);
    expect(code).toBe(0);
    expect(stderr).toBe("note: fax.queued has no data.object.page in mintfax's documentation; sent anyway\n");
    expect(events[0]?.data.object).toMatchObject({ page: { a: 1 } });
  });

  test("tags are the customer's own, where an event has any", async () => {
    const { url } = await serveReceiver();
    const set = ["--set", "data.object.tags.order=7", "--to", url];
    expect((await cli(["trigger", "fax.queued", ...set])).stderr).toBe("");
    expect((await cli(["trigger", "balance.low", ...set])).stderr).toContain(
      "balance.low has no data.object.tags",
    );
  });

  test.each([
    ["data.object.pages", /expected PATH=VALUE/],
    ["data..pages=1", /expected PATH=VALUE/],
    ["__proto__.polluted=1", /expected PATH=VALUE/],
    ["data.object.id.x=1", /data\.object\.id is a string/],
  ])("refuses --set %s", async (set, message) => {
    const { code, stderr, stdout } = await cli(["trigger", "fax.queued", "--set", set]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.replace(/\s+/g, " ")).toMatch(message);
  });

  test("of twenty copies at once, one is processed", async () => {
    const { url, events } = await serveReceiver();
    const { code, stdout } = await cli(["trigger", "balance.low", "--copies", "20", "--to", url, "--json"]);
    const { attempts } = JSON.parse(stdout) as { attempts: { status: number; outcome: string }[] };
    expect(code).toBe(0);
    expect(events).toHaveLength(1);
    expect(attempts).toHaveLength(20);
    expect(attempts.filter(({ outcome }) => outcome === "processed")).toHaveLength(1);
  });

  test("copies that are answered with 409 beside an accepted one count as correct", async () => {
    let busy = 0;
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { url } = await serveReceiver(
      () => held,
      ({ outcome }) => {
        if (outcome === "busy") busy += 1;
        if (busy === 4) release();
      },
    );
    const { code, stdout } = await cli(["trigger", "balance.low", "--copies", "5", "--to", url]);
    expect(code).toBe(0);
    expect(stdout).toContain("All copies were answered correctly.");
    expect(stdout).toMatch(/ 4 {2}409 {2}busy {2}in_progress/);
  });

  test("copies may get any answer beside an accepted one, and one has to be accepted", async () => {
    let requests = 0;
    const url = await serve((req, res) => {
      requests += 1;
      const status = requests === 1 ? 204 : 503;
      req.resume().on("end", () => res.writeHead(status).end());
    });
    const copies = ["trigger", "balance.low", "--copies", "3", "--to"];
    const beside = await cli([...copies, url]);
    expect(beside.stdout).toContain("All copies were answered correctly.");
    expect(beside.code).toBe(0);
    const none = await cli([...copies, await serveAlways(503)]);
    expect(none.stdout).toContain("3 of 3 copies were answered wrongly");
    expect(none.code).toBe(1);
  });

  test("a delivery that no handler took is accepted, but not marked as right", async () => {
    const url = await serveHandlerOfFailed();
    const one = await cli(["trigger", "fax.queued", "--to", url]);
    expect(one.code).toBe(0);
    expect(one.stdout).toMatch(/\n! 200 {2}unhandled {2}.*\n {2}No handler ran: /);
    expect(one.stdout.replace(/\s+/g, " ")).toContain(
      'the receiver has none for fax.queued. To add one: .on("fax.queued", ...).',
    );
    const many = await cli(["trigger", "balance.low", "--copies", "3", "--to", url]);
    expect(many.stdout).toMatch(/\n! All copies were answered correctly\.\n {2}No handler ran: /);
    expect((await cli(["trigger", "fax.failed", "--to", url])).stdout).toContain("✓ 200  processed");
  });

  test.each([
    ["--forge", "signature_mismatch"],
    ["--tamper", "signature_mismatch"],
    ["--stale", "timestamp_too_old"],
  ])("%s exits with 0 where it is refused, and with 1 where it is accepted", async (flag, refusal) => {
    const { url, events } = await serveReceiver();
    const refused = await cli(["trigger", "fax.delivered", flag, "--to", url]);
    expect(refused.stdout).toContain(`✓ 400  refused  ${refusal}`);
    expect(refused.code).toBe(0);
    expect(events).toEqual([]);
    const taken = await cli(["trigger", "fax.delivered", flag, "--to", await serveAlways(200)]);
    expect(taken.stdout).toMatch(/does not\s+verify\s+signatures/);
    expect(taken.code).toBe(1);
  });

  test.each([
    [401, 0, "✓ 401"],
    [403, 0, "✓ 403"],
    [422, 0, "✓ 422"],
    [404, 1, "✗ 404"],
    [502, 1, "✗ 502"],
  ])(
    "--forge answered with %i by a receiver of another kind exits with %i",
    async (status, expected, mark) => {
      const { code, stdout } = await cli([
        "trigger",
        "fax.delivered",
        "--forge",
        "--to",
        await serveAlways(status),
      ]);
      expect({ code, says: stdout.includes(mark) }).toEqual({ code: expected, says: true });
      expect(stdout.includes("asks for credentials")).toBe(status === 401 || status === 403);
    },
  );

  test("finds a receiver that verifies JSON it has parsed and written again", async () => {
    const url = await serve(
      express()
        .use(express.json())
        .post("/webhooks/mintfax", (req, res) => {
          try {
            const headers = req.headers as Record<string, string>;
            new Webhook(SECRET).verify(JSON.stringify(req.body), headers);
            res.end();
          } catch {
            res.sendStatus(400);
          }
        }),
    );
    const { code, stdout } = await cli(["trigger", "fax.delivered", "--to", url]);
    expect(code).toBe(1);
    expect(stdout.replace(/\s+/g, " ")).toContain(
      "Accepted: as JSON.stringify writes it; with its members in another order. Refused: with spaces after colons",
    );
    const { stdout: json } = await cli(["trigger", "fax.delivered", "--json", "--to", url]);
    const { bodyForms } = JSON.parse(json);
    expect(bodyForms.refused.map(({ name }: { name: string }) => name)).toEqual([
      "spaces",
      "lines",
      "escapes",
      "decimals",
    ]);
    const { code: simulated, stdout: summary } = await cli([
      "simulate",
      "--faxes",
      "1",
      "--time-scale",
      "0.0001",
      "--to",
      url,
    ]);
    expect(simulated).toBe(1);
    expect(summary.replace(/\s+/g, " ")).toContain("as JSON.stringify writes it");
  });

  test("exits with 1 where the handler fails", async () => {
    const { url } = await serveReceiver(() => {
      throw new Error("the database is unreachable");
    });
    const { code, stdout } = await cli(["trigger", "fax.failed", "--to", url]);
    expect(code).toBe(1);
    expect(stdout).toContain("✗ 500  failed  handler_failed");
  });

  test.each([
    ["no protocol and no path", (url: URL) => url.host],
    ["no path", (url: URL) => url.origin],
    ["no protocol", (url: URL) => url.host + url.pathname],
  ])("--to may have %s", async (_, shortened) => {
    const { url } = await serveReceiver();
    const { code, stdout } = await cli(["trigger", "fax.failed", "--to", shortened(new URL(url))]);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining(`to ${url}\n`) });
  });

  test("the path of a URL that ends with a slash is that slash", async () => {
    const { url } = await serveReceiver();
    const { stdout } = await cli(["trigger", "fax.failed", "--to", `${new URL(url).origin}/`]);
    expect(stdout.replace(/\s+/g, " ")).toContain("✗ 404");
  });

  test.each([
    ["nothing listens", deadUrl, "nothing listens there (connect ECONNREFUSED 127.0.0.1:"],
    ["nothing listens, with what to do", deadUrl, "Is it running?"],
    ["the connection is cut", () => serve((req) => req.destroy()), "the server cut the connection ("],
    ["the port is one that fetch refuses", () => "http://127.0.0.1:6000", "another port than 6000"],
    ["there is no such host", () => "http://host.invalid/", "no host named host.invalid"],
    [
      "no TLS is spoken",
      async () => (await serveAlways(200)).replace("http", "https"),
      "Try http://127.0.0.1",
    ],
    [
      "there is no such route",
      () => serveAlways(404, "<title>x</title><p>Cannot POST</p>"),
      "no route at /webhooks/mintfax.",
    ],
    ["it is redirected", () => serveAlways(307), "Use the final URL."],
    [
      "it is refused",
      () => serveAlways(401),
      "takes the delivery for a forged one, or something in front of it refuses it.",
    ],
  ])("names the likely problem where %s", async (_, start, hint) => {
    const { code, stdout } = await cli(["trigger", "fax.failed", "--to", await start()]);
    expect(code).toBe(1);
    expect(stdout.replace(/\s+/g, " ")).toContain(hint);
    expect(stdout).not.toContain("<");
  });

  test("an outcome or code that is not one short word is not taken for one", async () => {
    for (const outcome of ["x".repeat(31), "two words", "", 7, null]) {
      const url = await serveAlways(200, JSON.stringify({ outcome, code: outcome }));
      const { stdout } = await cli(["trigger", "fax.queued", "--json", "--to", url]);
      expect(JSON.parse(stdout)).toMatchObject({ attempts: [{ outcome: null, code: null }] });
    }
  });

  test("an answer cannot move the cursor or forge lines", async () => {
    const url = await serveAlways(
      500,
      JSON.stringify({ outcome: "failed", message: "\u001b[2J\r\nforged\u202e" }),
    );
    const { stdout } = await cli(["trigger", "fax.failed", "--to", url]);
    expect(stdout).toContain("forged");
    expect(stdout).not.toMatch(/\p{Cf}|^forged/mu);
    expect(stdout.split("\u001b")).toHaveLength(1);
  });

  test("--json prints one object only", async () => {
    const { url } = await serveReceiver();
    const { stdout } = await cli(["trigger", "balance.topup", "--id", "evt_j", "--json", "--to", url]);
    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({
      type: "balance.topup",
      id: "evt_j",
      to: url,
      sentAs: "genuine",
      asExpected: true,
      attempts: [{ status: 200, outcome: "processed", code: null }],
    });
  });
});
