import { request } from "node:http";
import { createTestSender, eventFixture, forge, signDelivery } from "@mintfax-webhooks/testing";
import { HAS_CHROMIUM, startBrowser } from "test-support/browser";
import { describe, expect, onTestFinished, test } from "vitest";
import { cli, RunningCli, SECRET } from "./support/cli.ts";
import { serve, serveAlways, serveReceiver } from "./support/server.ts";

interface Opened {
  readonly url: string;
  readonly pageUrl: string;
  readonly sender: ReturnType<typeof createTestSender>;
}

async function listen(...args: string[]): Promise<Opened> {
  const listener = new RunningCli(["listen", "--port", "0", "--page", "0", ...args]);
  onTestFinished(async () => {
    listener.interrupt();
    await listener.finished();
  });
  const [, url = ""] = await listener.printed("stdout", /Listening on (\S+)/);
  const [, pageUrl = ""] = await listener.printed("stdout", /Page (\S+)/);
  return { url, pageUrl, sender: createTestSender({ secret: SECRET, to: url }) };
}

/** With a policy that is kept: a complaint of the browser fails the test. */
async function browse(url: string) {
  const browser = await startBrowser();
  const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  onTestFinished(async () => {
    await browser.close();
    expect(complaints).toEqual([]);
  });
  await page.goto(url);
  await page.getByText("Live", { exact: true }).waitFor();
  const rows = page.locator("tr.row");
  const heading = () => page.locator(".details h2").textContent();
  const status = () => page.locator(".facts .status").textContent();
  return { page, rows, heading, status };
}

describe.skipIf(!HAS_CHROMIUM)("listen --page (skipped where /usr/bin/chromium is missing)", () => {
  test("shows what arrives, and sends it again to the target until it succeeds", async () => {
    let failures = 1;
    const target = await serveReceiver(() => {
      if (failures-- > 0) throw new Error("not yet");
    });
    const { pageUrl, sender, url } = await listen("--forward", target.url);
    const { heading, page, rows, status } = await browse(pageUrl);
    await page.getByText(`trigger fax.delivered --to ${url}`).waitFor();
    expect(await page.getByRole("heading").allTextContents()).not.toContain("Endpoints");
    expect(await page.getByRole("button", { name: "Busy" }).count()).toBe(0);

    const event = eventFixture("fax.delivered", { data: { object: { to: "+12125556789" } } });
    expect((await sender.attempt(event)).status).toBe(500);
    await rows.filter({ hasText: "✗ 500" }).getByRole("button").click();
    await expect.poll(heading).toBe("fax.delivered, attempt 1");
    expect(await page.locator(".details pre").first().textContent()).toContain("handler_failed");
    expect(await page.locator("body").textContent()).not.toContain("+1212");

    await page.getByRole("button", { name: "Retry now" }).click();
    await expect.poll(heading).toBe("fax.delivered, attempt 2");
    await expect.poll(status).toBe("✓ 200");
    expect(target.events).toHaveLength(2);
    expect(target.events[1]).toEqual(event);

    // mintfax makes its own attempt, of which the receiver says that it is known.
    expect((await sender.attempt(event)).status).toBe(200);
    await expect.poll(() => rows.first().locator(".number").textContent()).toBe("3");

    await page.getByRole("button", { name: "Send tampered" }).click();
    await expect.poll(heading).toBe("fax.delivered, tampered");
    await expect.poll(status).toBe("✗ 400");
    expect(target.events).toHaveLength(2);
  });

  test("signs a retry anew, so that an old delivery is not stale", async () => {
    const seen: (string | undefined)[] = [];
    const target = await serve((req, res) => {
      seen.push(req.headers["webhook-timestamp"] as string, req.headers["x-tunnel"] as string);
      req.resume().on("end", () => res.writeHead(503).end());
    });
    const { pageUrl, url } = await listen("--forward", target);
    // Within the tolerance of 300 s.
    const at = new Date(Date.now() - 200_000);
    const { headers, body } = signDelivery(eventFixture("fax.queued"), { secret: SECRET, at });
    await fetch(url, { method: "POST", headers: { ...headers, "x-tunnel": "yes" }, body });
    const { page, rows } = await browse(pageUrl);
    await rows.getByRole("button").click();
    await page.getByRole("button", { name: "Retry now" }).click();
    await expect.poll(() => seen.length).toBe(4);
    expect(seen[0]).toBe(headers["webhook-timestamp"]);
    expect(Number(seen[2]) - Number(seen[0])).toBeGreaterThanOrEqual(199);
    expect(seen[3]).toBe("yes");
  });

  test("says of a delivery that is not authentic what is wrong with it, even where the target took it", async () => {
    const target = await serveAlways(200, "fine");
    const { pageUrl, sender } = await listen("--forward", target);
    const { heading, page, rows } = await browse(pageUrl);
    const event = { ...eventFixture("fax.failed"), type: "<script>alert(1)</script>" };
    await sender.send(forge(signDelivery(event as never, { secret: SECRET })));
    await rows.filter({ hasText: "unverified" }).getByRole("button").click();
    await expect.poll(heading).toBe("unverified, attempt 1");
    await page.getByText("What is wrong with it").waitFor();
    expect(await page.locator(".reasons li").count()).toBeGreaterThan(0);
    expect(await page.locator("script").count()).toBe(1);
  });

  test("without a target it shows listen's own answers, and has nothing to send", async () => {
    const { pageUrl, sender } = await listen();
    const { page, rows, status } = await browse(pageUrl);
    await sender.attempt(eventFixture("fax.queued"));
    await rows.getByRole("button").click();
    await expect.poll(status).toBe("✓ 200");
    expect(await page.locator(".details pre").first().textContent()).toContain('"outcome": "processed"');
    expect(await page.locator(".details .actions button").allTextContents()).toEqual(["Copy as curl"]);
  });
});

describe("the page of listen", () => {
  function statusOf(url: string, headers: Record<string, string>): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      request(url, { headers }, (response) => resolve(response.resume().statusCode))
        .on("error", reject)
        .end();
    });
  }

  test("is on another port than deliveries, to which a tunnel may lead", async () => {
    const { pageUrl, url } = await listen();
    expect(new URL(pageUrl).port).not.toBe(new URL(url).port);
    for (const path of ["/", "/page/state", `/${new URL(pageUrl).search}`]) {
      expect((await fetch(new URL(path, url), { redirect: "manual" })).status).toBe(404);
    }
  });

  test("lets in only who has its token, under this machine's own names", async () => {
    const { pageUrl } = await listen();
    const { origin } = new URL(pageUrl);
    expect(await statusOf(`${origin}/page/state`, {})).toBe(401);
    expect(await statusOf(pageUrl, { host: "rebound.example" })).toBe(403);
    expect(await statusOf(pageUrl, { origin: "https://evil.example" })).toBe(403);
    expect(await statusOf(pageUrl, { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" })).toBe(
      403,
    );
    expect(await statusOf(pageUrl, {})).toBe(303);
  });

  test("says that its port is in use", async () => {
    const { pageUrl } = await listen();
    const { port } = new URL(pageUrl);
    const ended = await cli(["listen", "--port", "0", "--page", port]);
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining("--page") });
  });
});
