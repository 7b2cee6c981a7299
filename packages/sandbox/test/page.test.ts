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
    expect(await page.locator(".reasons li").textContent()).toContain("forged on purpose");
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
    await expect.poll(() => rows(page).locator("progress").count()).toBe(1);
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

  test("warns of a receiver that takes a forged delivery, and explains a genuine one that was refused", async () => {
    const receiver = await answering(400, 200);
    const { page } = await openPage({ endpoints: [{ url: receiver.url, events: ["balance.low"] }] });
    await click(page, "balance.low");
    await rows(page).getByRole("button").click();
    await page.locator(".reasons", { hasText: "What was sent is authentic" }).waitFor();
    await click(page, "Send forged");
    await page.locator(".reasons", { hasText: "Your receiver took it all the same" }).waitFor();
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

  test("is readable before its script runs and without it, under a policy without exceptions", async () => {
    const receiver = await answering(200);
    const sandbox = await createSandbox({ endpoints: [{ url: receiver.url }], timeScale: 0 });
    const context = await browser.newContext({ javaScriptEnabled: false });
    const complaints: string[] = [];
    onTestFinished(async () => {
      await context.close();
      await sandbox.close();
      expect(complaints).toEqual([]);
    });
    const body = new FormData();
    body.set("to", "+15005550008");
    body.set("file", new File(["%PDF-1.7"], "referral.pdf"));
    const headers = { authorization: `Bearer ${sandbox.apiKey}` };
    await fetch(`${sandbox.url}/faxes`, { method: "POST", headers, body });
    await expect.poll(receiver.count).toBe(3);
    const page = await context.newPage();
    page.on("console", (message) => complaints.push(message.text()));
    await page.goto(sandbox.pageUrl);
    expect(await page.locator(".cards .url").textContent()).toBe(receiver.url);
    expect(await page.locator(".faxes .status").textContent()).toContain("failed, invalid_number");
    expect(await rows(page).locator("button").allTextContents()).toEqual([
      "fax.failed",
      "fax.sending",
      "fax.queued",
    ]);
    const html = await page.content();
    expect(html).toContain("This page needs JavaScript for its buttons");
    expect(html).not.toMatch(/\sstyle=|\son\w+=|\+1500/);
  });

  test("gives the focus to what was opened, and back to its row at Escape", async () => {
    const receiver = await answering(200);
    const { page } = await openPage({ endpoints: [{ url: receiver.url, events: ["balance.low"] }] });
    await click(page, "balance.low");
    await rows(page).getByRole("button").focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe("details");
    await page.keyboard.press("Escape");
    await expect.poll(() => page.locator(".details").count()).toBe(0);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("balance.low");
  });

  test("copies where the browser has no clipboard for it", async () => {
    const { page, sandbox } = await openPage();
    await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
    await click(page, "Copy API key");
    await page.getByRole("button", { name: "Copied" }).waitFor();
    await page.getByLabel("URL of your receiver").fill("");
    await page.keyboard.press("Control+V");
    expect(await page.getByLabel("URL of your receiver").inputValue()).toBe(sandbox.apiKey);
  });

  test("of two sandboxes can be open in one browser", async () => {
    const { page } = await openPage();
    const other = await createSandbox();
    onTestFinished(() => other.close());
    const second = await page.context().newPage();
    await second.goto(other.pageUrl);
    await second.getByText("Live", { exact: true }).waitFor();
    await page.reload();
    await page.getByText("Live", { exact: true }).waitFor();
    await second.close();
  });

  test("says that the sandbox has ended", async () => {
    const { page, sandbox } = await openPage();
    await page.route("**/page/changes", (route) => route.abort());
    page.removeAllListeners("console");
    await sandbox.close();
    await page.getByText("Not connected").waitFor();
  });
});
