import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createSandbox, type Sandbox, type SandboxOptions } from "@mintfax-webhooks/sandbox";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { HAS_CHROMIUM, startBrowser } from "test-support/browser";
import { ExampleProcess } from "test-support/example-process";
import { freePort } from "test-support/free-port";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { answering } from "./support/receivers.ts";

/** `PICTURES=1 pnpm test packages/sandbox/test/page` takes those of the guide anew. */
const PICTURES = join(import.meta.dirname, "../../../docs/pictures");
const WIDE = { width: 1600, height: 1000 };
const NARROW = { width: 360, height: 800 };

let browser: Browser;

beforeAll(async () => {
  if (HAS_CHROMIUM) browser = await startBrowser();
});
afterAll(() => browser?.close());

/** The page of a new sandbox. A complaint of the browser fails the test. */
async function openPage(
  options: SandboxOptions = {},
  viewport = WIDE,
): Promise<{ page: Page; sandbox: Sandbox }> {
  const sandbox = await createSandbox({ rateLimitPerMinute: 100_000, ...options });
  // For axe, which has to be put in. The policy itself has a test.
  const context = await browser.newContext({ viewport, bypassCSP: true });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const complaints: string[] = [];
  const page = await context.newPage();
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  onTestFinished(async () => {
    await context.close();
    await sandbox.close();
    expect(complaints).toEqual([]);
  });
  await page.goto(sandbox.pageUrl);
  await page.getByText("Live", { exact: true }).waitFor();
  return { page, sandbox };
}

const rows = (page: Page) => page.locator("tr.row");
const click = (page: Page, name: string | RegExp) => page.getByRole("button", { name }).click();

async function register(page: Page, url: string): Promise<string> {
  await page.getByLabel("URL of your receiver").fill(url);
  await click(page, "Register endpoint");
  const line = await page.locator(".secret code").textContent();
  return line?.replace("MINTFAX_WEBHOOK_SECRET=", "") ?? "";
}

async function picture(page: Page, name: string): Promise<void> {
  if (process.env.PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `sandbox-${name}.png`), animations: "disabled" });
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const result = await axe.run();
    return result.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  });
}

describe.skipIf(!HAS_CHROMIUM)("the page (skipped where /usr/bin/chromium is missing)", () => {
  test("walks through mintfax's five steps with a server on Express", async () => {
    const { page } = await openPage({ timeScale: 0.001 });
    await page.getByText("To see the first one").waitFor();
    await picture(page, "1-empty");
    const port = await freePort();

    // 1 and 2: register an endpoint for all events, and take its secret, which is shown once.
    const secret = await register(page, `http://127.0.0.1:${port}/webhooks/mintfax`);
    expect(secret).toMatch(/^whsec_/);
    await click(page, "Copy .env line");
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      `MINTFAX_WEBHOOK_SECRET=${secret}\n`,
    );
    await click(page, "I have it");
    expect(await page.content()).not.toContain(secret);

    // 3 and 4: the server verifies and acknowledges.
    const server = await ExampleProcess.start("express", {
      PORT: String(port),
      MINTFAX_WEBHOOK_SECRET: secret,
    });
    onTestFinished(async () => void (await server.stop()));
    await fetch(`${server.origin}/orders/1042`, { method: "PUT" });
    await click(page, "Delivered, 3 pages");
    await expect.poll(() => rows(page).filter({ hasText: "✓ 200" }).count()).toBe(3);
    await expect.poll(() => page.locator(".faxes li").textContent()).toContain("delivered");
    await picture(page, "2-delivered");

    // 5: look at an attempt, and see that what is not mintfax's is refused.
    await rows(page).first().getByRole("button").click();
    await expect
      .poll(() => page.locator(".details pre").first().textContent())
      .toContain('"outcome": "processed"');
    expect(await page.locator(".details .headers").textContent()).toContain("webhook-signature");
    await picture(page, "3-attempt");
    await click(page, "Send forged");
    await expect.poll(() => page.locator(".details h2").textContent()).toContain("forged");
    await expect.poll(() => page.locator(".details").textContent()).toContain("signature_mismatch");
    expect(await page.locator(".reasons li").count()).toBeGreaterThan(0);
    await picture(page, "4-refused");
    for (const variant of ["stale", "tampered", "a copy"]) await click(page, `Send ${variant}`);
    await expect.poll(() => rows(page).filter({ hasText: "✗ 400" }).count()).toBe(3);
    await expect.poll(() => server.lines.filter(({ outcome }) => outcome === "duplicate").length).toBe(1);
  });

  test("shows attempts as they happen, and lets a failed one be retried until it succeeds", async () => {
    const receiver = await answering(500, 500, 200);
    const { page, sandbox } = await openPage({ endpoints: [{ url: receiver.url, events: ["fax.queued"] }] });
    const body = new FormData();
    body.set("to", "+12125551234");
    body.set("file", new File(["%PDF-1.7"], "referral.pdf"));
    const headers = { authorization: `Bearer ${sandbox.apiKey}` };
    expect((await fetch(`${sandbox.url}/faxes`, { method: "POST", headers, body })).status).toBe(201);

    await expect.poll(() => rows(page).count()).toBe(1);
    expect(await rows(page).locator("progress").count()).toBe(1);
    await rows(page).getByRole("button").click();
    await click(page, "Retry now");
    await expect.poll(() => page.locator(".details h2").textContent()).toBe("fax.queued, attempt 2");
    await click(page, "Retry now");
    await expect.poll(() => page.locator(".details .status").textContent()).toBe("✓ 200");
    await expect.poll(() => page.getByRole("button", { name: "Retry now" }).count()).toBe(0);
    expect(receiver.count()).toBe(3);
  });

  test("filters by status, type and endpoint", async () => {
    const good = await answering(200);
    const bad = await answering(500);
    const { page } = await openPage({
      endpoints: [{ url: good.url }, { url: bad.url, events: ["fax.failed"] }],
      timeScale: 0,
    });
    await click(page, "Invalid number");
    await expect.poll(() => rows(page).count()).toBe(7);
    await page.getByLabel("Status").selectOption("failed");
    await expect.poll(() => rows(page).count()).toBe(4);
    await page.getByRole("combobox", { name: "Endpoint" }).selectOption({ label: good.url });
    await expect.poll(() => rows(page).count()).toBe(0);
    await page.getByLabel("Status").selectOption("all");
    await expect.poll(() => rows(page).count()).toBe(3);
    await page.getByLabel("Type").selectOption("fax.sending");
    await expect.poll(() => rows(page).count()).toBe(1);
  });

  test("masks fax numbers until they are clicked", async () => {
    const receiver = await answering(200);
    const { page } = await openPage({ endpoints: [{ url: receiver.url }], timeScale: 0 });
    await click(page, "Invalid number");
    await expect.poll(() => rows(page).count()).toBe(3);
    await rows(page).first().getByRole("button").click();
    await expect.poll(() => page.locator(".details pre").count()).toBe(2);
    expect(await page.locator("body").textContent()).not.toMatch(/\+1500|\+1212/);
    await click(page, "Show number ending in 0008");
    expect(await page.locator(".faxes").textContent()).toContain("+15005550008");
    await page.getByLabel("Show fax numbers").check();
    expect(await page.locator(".details").textContent()).toContain("+15005550008");
  });

  test("keeps markup in an answer as the text that it is", async () => {
    const { page } = await openPage({
      endpoints: [{ url: "http://127.0.0.1:9/<script>alert(1)</script>" }],
      timeScale: 0,
    });
    await click(page, "Delivered, 1 page");
    await expect.poll(() => rows(page).filter({ hasText: "no answer" }).count()).toBeGreaterThan(2);
    expect(await page.locator("script").count()).toBe(1);
  });

  test("can be used without a mouse", async () => {
    const receiver = await answering(200);
    const { page } = await openPage({ endpoints: [{ url: receiver.url }], timeScale: 0 });
    await page.getByRole("button", { name: "Delivered, 1 page" }).focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => rows(page).count()).toBe(3);
    await rows(page).first().getByRole("button").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await expect.poll(() => rows(page).nth(1).getByRole("button").getAttribute("aria-expanded")).toBe("true");
  });

  test.each([
    ["light", WIDE],
    ["dark", WIDE],
    ["light", NARROW],
    ["dark", NARROW],
  ] as const)("has no fault that axe finds and fits, %s at %j", async (colorScheme, viewport) => {
    const receiver = await answering(500, 400, 200);
    const { page } = await openPage({ endpoints: [{ url: receiver.url }] }, viewport);
    await page.emulateMedia({ colorScheme });
    expect(await violations(page)).toEqual([]);
    await click(page, "Busy");
    await expect.poll(() => rows(page).count()).toBe(1);
    await rows(page).first().getByRole("button").click();
    await expect.poll(() => page.locator(".details pre").count()).toBe(2);
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      viewport.width,
    );
  });

  test("says that the sandbox has ended", async () => {
    const { page, sandbox } = await openPage();
    await page.route("**/page/changes", (route) => route.abort());
    page.removeAllListeners("console");
    await sandbox.close();
    await page.getByText("Not connected").waitFor();
  });
});

describe("the page's server", () => {
  async function opened(
    options: SandboxOptions = {},
  ): Promise<{ sandbox: Sandbox; origin: string; cookie: string }> {
    const sandbox = await createSandbox(options);
    onTestFinished(() => sandbox.close());
    const first = await fetch(sandbox.pageUrl, { redirect: "manual" });
    const cookie = first.headers.get("set-cookie") ?? "";
    return { sandbox, origin: new URL(sandbox.url).origin, cookie };
  }

  test("takes the token once from the address, and has the browser keep it out of reach", async () => {
    const { cookie, origin } = await opened();
    expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/);
    const page = await fetch(`${origin}/`, { headers: { cookie: cookie.split(";")[0] ?? "" } });
    expect(page.status).toBe(200);
    const policy = page.headers.get("content-security-policy");
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe");
    expect(page.headers.get("cache-control")).toBe("no-store");
  });

  test.each([
    "/",
    "/page.js",
    "/page.css",
    "/page/state",
    "/page/changes",
    "/?token=wrong",
    "/page/state?token=wrong",
  ])("does not give %s to a stranger", async (path) => {
    const { origin } = await opened();
    const answer = await fetch(origin + path, { redirect: "manual" });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("set-cookie")).toBeNull();
    expect((await fetch(origin + path, { headers: { cookie: "mintfax_sandbox=wrong" } })).status).toBe(401);
  });

  test("does not take calls from a page of another origin, cookie or not", async () => {
    const { cookie, origin } = await opened();
    const call = (headers: Record<string, string>) =>
      fetch(`${origin}/page/faxes`, {
        method: "POST",
        headers: { cookie: cookie.split(";")[0] ?? "", ...headers },
        body: JSON.stringify({ to: "+15005550001" }),
      });
    expect((await call({ origin: "https://evil.example" })).status).toBe(403);
    expect((await call({ origin })).status).toBe(201);
  });

  test.each(["forged", "stale", "tampered", "copy"])(
    "keeps a %s delivery, which mintfax would not have sent, out of the API's attempts",
    async (variant) => {
      const receiver = await answering(200);
      const { cookie, origin, sandbox } = await opened({ endpoints: [{ url: receiver.url }], timeScale: 0 });
      const page = { headers: { cookie: cookie.split(";")[0] ?? "" }, method: "POST" };
      const api = { headers: { authorization: `Bearer ${sandbox.apiKey}` } };
      await fetch(`${origin}/page/events`, { ...page, body: JSON.stringify({ type: "balance.low" }) });
      const listed = async () => (await (await fetch(`${sandbox.url}/webhooks/attempts`, api)).json()).data;
      const [genuine] = await listed();
      const sent = await fetch(`${origin}/page/attempts/${genuine.id}/${variant}`, page);
      expect(sent.status).toBe(202);
      const { id } = await sent.json();
      const state = await (await fetch(`${origin}/page/state`, { headers: page.headers })).json();
      expect(state.attempts).toMatchObject([{ id, variant }, { id: genuine.id }]);
      expect(await listed()).toMatchObject([{ id: genuine.id, attempt_number: 1 }]);
      for (const [method, path] of [
        ["GET", ""],
        ["POST", "/retry"],
      ] as const) {
        const answer = await fetch(`${sandbox.url}/webhooks/attempts/${id}${path}`, { ...api, method });
        expect(answer.status).toBe(404);
      }
    },
  );

  test("takes the key of the API for no page, and the cookie for no API", async () => {
    const { cookie, origin, sandbox } = await opened();
    const authorization = `Bearer ${sandbox.apiKey}`;
    expect((await fetch(`${origin}/page/state`, { headers: { authorization } })).status).toBe(401);
    const headers = { cookie: cookie.split(";")[0] ?? "" };
    expect((await fetch(`${sandbox.url}/faxes`, { headers })).status).toBe(401);
  });
});

describe("createSandbox", () => {
  test.each<[string, SandboxOptions, RegExp]>([
    ["another address without a token", { host: "0.0.0.0" }, /host .* token/],
    ["a short token", { token: "short" }, /token/],
    ["a time scale below 0", { timeScale: -1 }, /timeScale/],
    ["a misspelt option", { timescale: 1 } as SandboxOptions, /Did you mean timeScale/],
    ["no attempts", { attemptsKept: 0 }, /attemptsKept is 0/],
    ["an endpoint without a web address", { endpoints: [{ url: "nowhere" }] }, /endpoints\[0\]\.url/],
    [
      "an endpoint for an event that mintfax does not have",
      { endpoints: [{ url: "http://127.0.0.1:9/", events: ["fax.sent"] }] },
      /endpoints\[0\]\.events/,
    ],
    [
      "a secret that cannot sign, without showing it",
      { endpoints: [{ url: "http://127.0.0.1:9/", secret: "whsec_!!" }] },
      /^(?!.*!!).*endpoints\[0\]\.secret/,
    ],
  ])("refuses %s", async (_, options, expected) => {
    await expect(createSandbox(options)).rejects.toThrow(expected);
  });

  test("listens elsewhere with a token, which then is what keeps strangers out", async () => {
    const sandbox = await createSandbox({ host: "0.0.0.0", token: "0123456789abcdef" });
    onTestFinished(() => sandbox.close());
    const { port } = new URL(sandbox.url);
    expect(
      (await fetch(`http://127.0.0.1:${port}/?token=0123456789abcdef`, { redirect: "manual" })).status,
    ).toBe(303);
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(401);
  });
});
