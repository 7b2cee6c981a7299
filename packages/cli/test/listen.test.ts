import { once } from "node:events";
import { request } from "node:http";
import { createTestSender, eventFixture, forge, signDelivery } from "@mintfax-webhooks/testing";
import { afterEach, describe, expect, test } from "vitest";
import { cli, RunningCli, SECRET } from "./support/cli.ts";
import { deadUrl, serve, serveHandlerOfFailed, serveReceiver } from "./support/server.ts";

const running: RunningCli[] = [];

afterEach(async () => {
  for (const listener of running.splice(0)) {
    listener.interrupt();
    await listener.finished();
  }
});

async function listen(
  ...args: string[]
): Promise<{ url: string; cli: RunningCli; sender: ReturnType<typeof createTestSender> }> {
  const listener = new RunningCli(["listen", "--port", "0", ...args]);
  running.push(listener);
  const [, url = ""] = await listener.printed(
    args.includes("--json") ? "stderr" : "stdout",
    /Listening on (\S+)/,
  );
  return { url, cli: listener, sender: createTestSender({ secret: SECRET, to: url }) };
}

/** The lines that `--json` has printed, once there are so many. */
async function lines(listener: RunningCli, count: number): Promise<Record<string, unknown>[]> {
  await listener.printed("stdout", new RegExp(`^(?:.*\\n){${count}}`));
  return listener.stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe("listen", () => {
  test("verifies, recognises duplicates, and prints a line for each", async () => {
    const { cli: listener, sender } = await listen("--json");
    const event = eventFixture("fax.delivered", { data: { object: { to: "+12125556789", pages: 4 } } });
    expect((await sender.attempt(event)).status).toBe(200);
    expect((await sender.attempt(event)).status).toBe(200);
    expect(await lines(listener, 2)).toMatchObject([
      {
        id: event.id,
        type: "fax.delivered",
        outcome: "processed",
        status: 200,
        object: { faxId: event.data.object.id, status: "delivered", pages: 4 },
      },
      { id: event.id, outcome: "duplicate", status: 200 },
    ]);
  });

  test("explains a refusal, and answers as a receiver does", async () => {
    const { cli: listener, sender, url } = await listen("--json");
    const parsed = signDelivery(eventFixture("fax.failed"), { secret: SECRET });
    const rewritten = { ...parsed, body: new TextEncoder().encode(JSON.stringify(parsed.event, null, 2)) };
    expect((await sender.send(rewritten)).status).toBe(400);
    expect((await sender.send(forge(parsed))).status).toBe(400);
    expect((await fetch(url)).status).toBe(405);
    expect(await lines(listener, 3)).toMatchObject([
      {
        outcome: "refused",
        code: "signature_mismatch",
        diagnosis: { findings: [{ code: "body_reserialized" }] },
      },
      { outcome: "refused", code: "signature_mismatch", diagnosis: { findings: [{ code: "secret_wrong" }] } },
      { outcome: "refused", code: "method_not_allowed", status: 405 },
    ]);
  });

  test("prints for people, the diagnosis below a refusal, in 80 columns", async () => {
    const { cli: listener, sender } = await listen();
    await sender.attempt(eventFixture("fax.sending"));
    await sender.attempt(eventFixture("balance.low"));
    const stale = signDelivery(eventFixture("fax.failed"), {
      secret: SECRET,
      at: new Date(Date.now() - 3_600_000),
    });
    await sender.send(stale);
    await listener.printed("stdout", /Fix: .*/);
    listener.interrupt();
    const { code, stdout, stderr } = await listener.finished();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      /^\d\d:\d\d:\d\d {2}✓ fax\.sending {4}evt_\w{6}… {2}processed {2}•••1234, attempt 2 of 3$/m,
    );
    expect(stdout).toMatch(/✓ balance\.low .* 45\.50 USD left$/m);
    expect(stdout).toMatch(/✗ unverified .* refused {4}timestamp_too_old$/m);
    expect(stdout).toContain("3 deliveries: 2 processed, 1 refused.");
    expect(stdout).toContain("mintfax-webhooks trigger fax.delivered");
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  test("a long line is broken before its end, and a request with a wrong method gets that reason only", async () => {
    const { url, cli: listener, sender } = await listen();
    const code = "unsupported_destination_country";
    await sender.attempt(eventFixture("fax.failed", { data: { object: { error_code: code } } }));
    await fetch(url);
    await listener.printed("stdout", /Fix: (?:.*\n){2}/);
    expect(listener.stdout).toMatch(
      /✓ fax\.failed .* processed\n {12}•••\d{4}, unsupported_destination_country$/m,
    );
    expect(listener.stdout).toMatch(/refused {4}method_not_allowed\n {12}This is a GET request/);
    expect(listener.stdout).not.toContain("missing");
  });

  test("shows whole fax numbers only with --show-numbers", async () => {
    const number = "+12125556789";
    const event = eventFixture("fax.delivered", { data: { object: { to: number } } });
    for (const mode of [[], ["--json"]]) {
      const masking = await listen(...mode);
      await masking.sender.attempt(event);
      await masking.cli.printed("stdout", /•••6789/);
      expect(masking.cli.stdout + masking.cli.stderr).not.toContain("555678");
      const showing = await listen(...mode, "--show-numbers");
      await showing.sender.attempt(event);
      await showing.cli.printed("stdout", /\+12125556789/);
    }
  });

  test("of a number under 9 characters not even the last four are shown", async () => {
    const { cli: listener, sender } = await listen("--json");
    for (const to of ["5556789", "+5556789", "+15556789", "6789", ""]) {
      await sender.attempt(eventFixture("fax.delivered", { data: { object: { to } } }));
    }
    const printed = (await lines(listener, 5)) as { object: { to: string } }[];
    expect(printed.map(({ object }) => object.to)).toEqual(["•••", "•••", "•••6789", "•••", "•••"]);
  });

  test("--forward passes on the same bytes and headers, and answers with the target's answer", async () => {
    const seen: { method: string; url: string; rawHeaders: string[]; body: Buffer }[] = [];
    const target = await serve(async (req, res) => {
      const body = Buffer.concat(await req.toArray());
      seen.push({ method: req.method ?? "", url: req.url ?? "", rawHeaders: req.rawHeaders, body });
      res.writeHead(422, { "X-Reason": "because", "content-type": "text/plain" }).end("not today");
    });
    const { url, cli: listener } = await listen(
      "--json",
      "--forward",
      target.replace("mintfax", "elsewhere"),
    );
    // Neither JSON nor UTF-8, and headers in odd spellings and repeated: all must arrive unchanged.
    const body = Buffer.from([0xff, 0x00, 0x7b, 0x0d, 0x0a, 0xfe]);
    const headers = [
      "WebHook-ID",
      "evt_1",
      "webhook-Timestamp",
      "12",
      "X-Twice",
      "b",
      "x-twice",
      "a",
      "Content-Length",
      "6",
    ];
    const named = ["TE", "Upgrade", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection"];
    const hop = ["Connection", "close, X-Hop", "X-Hop", "1", "Keep-Alive", "timeout=9"].concat(
      named.flatMap((name) => [name, "hop"]),
    );
    const sent = request(url, { method: "POST", headers: ["Host", "tunnel.example", ...headers, ...hop] });
    sent.end(body);
    const [answer] = await once(sent, "response");
    expect(answer.statusCode).toBe(422);
    expect(answer.headers["x-reason"]).toBe("because");
    expect(Buffer.concat(await answer.toArray()).toString()).toBe("not today");
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ method: "POST", url: "/webhooks/elsewhere", body });
    expect(seen[0]?.rawHeaders.slice(0, 12)).toEqual(["Host", new URL(target).host, ...headers]);
    expect(seen[0]?.rawHeaders.join().toLowerCase()).not.toMatch(/hop|timeout=9/);
    expect(await lines(listener, 1)).toMatchObject([
      { outcome: "refused", forwarded: { status: 422, message: "not today" } },
    ]);
  });

  test("--forward passes duplicates on too: the target decides", async () => {
    const { url: target, events } = await serveReceiver();
    const { cli: listener, sender } = await listen("--json", "--forward", target);
    const event = eventFixture("fax.queued");
    await sender.attempt(event);
    await sender.attempt(event);
    await sender.send(forge(signDelivery(event, { secret: SECRET })));
    expect(await lines(listener, 3)).toMatchObject([
      { outcome: "verified", forwarded: { status: 200, outcome: "processed" } },
      { outcome: "verified", forwarded: { status: 200, outcome: "duplicate" } },
      { outcome: "refused", forwarded: { status: 400, code: "signature_mismatch" } },
    ]);
    expect(events).toHaveLength(1);
  });

  test("--forward marks what no handler of the target took", async () => {
    const { cli: listener, sender } = await listen("--forward", await serveHandlerOfFailed());
    await sender.attempt(eventFixture("fax.queued"));
    await listener.printed(
      "stdout",
      /! fax\.queued .* verified.*→ 200 {2}unhandled.*No handler ran: .*\.on\(/s,
    );
    await sender.attempt(eventFixture("fax.failed"));
    await listener.printed("stdout", /✓ fax\.failed .* verified.*→ 200 {2}processed/s);
  });

  test("--forward answers 503 where its target is unreachable, so that mintfax tries again", async () => {
    const { cli: listener, sender } = await listen("--json", "--forward", await deadUrl());
    expect((await sender.attempt(eventFixture("fax.queued"))).status).toBe(503);
    const [line] = await lines(listener, 1);
    expect(line).toMatchObject({ outcome: "verified", forwarded: { status: null } });
    expect(JSON.stringify(line)).toContain("ECONNREFUSED");
  });

  test("takes deliveries on its path only, and names it in other answers", async () => {
    const { url, cli: listener } = await listen("--path", "/hooks/fax");
    expect(new URL(url).pathname).toBe("/hooks/fax");
    const elsewhere = await fetch(new URL("/other\u202e", url), { method: "POST" });
    expect(elsewhere.status).toBe(404);
    expect(await elsewhere.text()).toContain("/hooks/fax");
    await listener.printed("stdout", /POST \/other.* 404/);
  });

  test("a type from outside cannot move the cursor or forge lines", async () => {
    const { cli: listener, sender } = await listen();
    const event = { ...eventFixture("fax.queued"), type: "x\u001b[2J\n00:00:00  ✓ forged" };
    expect((await sender.attempt(event as never)).status).toBe(200);
    await listener.printed("stdout", /forged.*\n/);
    expect(listener.stdout).not.toMatch(/^00:00:00/m);
    expect(listener.stdout.split("\u001b")).toHaveLength(1);
  });

  test("forged requests neither end it nor delay the next delivery", async () => {
    const { cli: listener, sender } = await listen("--json");
    const event = eventFixture("fax.queued");
    const delivery = signDelivery(event, { secret: SECRET });
    const bodies = [
      `{"a":${"[".repeat(30_000)}${"]".repeat(30_000)}}`,
      `{"a":${"[".repeat(60_000)}`,
      "\r\n".repeat(2_000_000),
    ];
    for (const body of bodies) {
      const forged = sender.send({ ...delivery, body: Buffer.from(body) });
      // The line of the forged one comes when its cause has been looked for; the delivery is answered before or after it.
      expect((await sender.attempt(eventFixture("fax.delivered"))).status).toBe(200);
      expect((await forged).status).toBeGreaterThanOrEqual(400);
    }
    const headers = { ...delivery.headers, "webhook-id": `a${" ".repeat(15_000)}b` };
    expect((await sender.send({ ...delivery, headers, body: Buffer.from("{}") })).status).toBe(400);
    const printed = await lines(listener, 7);
    expect(printed.filter(({ outcome }) => outcome === "processed")).toHaveLength(3);
    const refused = printed.filter(({ outcome }) => outcome === "refused");
    expect(refused).toHaveLength(4);
    expect(
      refused.every(({ diagnosis, undiagnosed }) => diagnosis !== undefined && undiagnosed === undefined),
    ).toBe(true);
  });

  test("each of a flood of forged requests is answered and printed, though not all are diagnosed", async () => {
    const { cli: listener, sender } = await listen("--json");
    const forged = Array.from({ length: 40 }, () =>
      sender.send(forge(signDelivery(eventFixture("fax.queued"), { secret: SECRET }))),
    );
    expect((await Promise.all(forged)).filter(({ status }) => status !== 400)).toEqual([]);
    const printed = await lines(listener, 40);
    const told = printed.filter(
      ({ diagnosis, undiagnosed }) => (diagnosis === undefined) !== (undiagnosed === undefined),
    );
    expect(told).toHaveLength(40);
  });

  test("a port in use exits with 2", async () => {
    const { port } = new URL(await serve((_, res) => res.end()));
    const { code, stderr } = await cli(["listen", "--port", port]);
    expect(code).toBe(2);
    expect(stderr).toContain(`Port ${port} is in use.`);
  });

  test("Ctrl-C lets a delivery under way be answered", async () => {
    let arrived: () => void = () => {};
    let answer: () => void = () => {};
    const reached = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const target = await serve((req, res) => {
      req.resume().on("end", arrived);
      answer = () => res.end();
    });
    const { cli: listener, sender } = await listen("--forward", target);
    const attempt = sender.attempt(eventFixture("fax.queued"));
    await reached;
    listener.interrupt();
    answer();
    expect((await attempt).status).toBe(200);
    const { code, stdout } = await listener.finished();
    expect(code).toBe(0);
    expect(stdout).toContain("1 delivery: 1 verified.");
  });
});
