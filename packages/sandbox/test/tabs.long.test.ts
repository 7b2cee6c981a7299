import { createSandbox } from "@mintfax-webhooks/sandbox";
import { HAS_CHROMIUM, startBrowser } from "test-support/browser";
import { expect, onTestFinished, test } from "vitest";
import { answering } from "./support/receivers.ts";

const TABS = 50;

test.skipIf(!HAS_CHROMIUM)(
  "a page that is open in 50 tabs is live in each, by one stream (skipped where /usr/bin/chromium is missing)",
  async () => {
    const { url } = await answering(200);
    const sandbox = await createSandbox({ endpoints: [{ url, events: ["balance.low"] }] });
    const browser = await startBrowser();
    onTestFinished(async () => {
      await browser.close();
      await sandbox.close();
    });
    const context = await browser.newContext();
    const streams: string[] = [];
    context.on("request", (request) => {
      if (request.url().endsWith("/page/changes")) streams.push(request.url());
    });
    const tabs = [];
    for (let count = 0; count < TABS; count += 1) {
      const tab = await context.newPage();
      await tab.goto(count === 0 ? sandbox.pageUrl : new URL("/", sandbox.url).href);
      await tab.getByText("Live", { exact: true }).waitFor();
      tabs.push(tab);
    }
    const [first, ...others] = tabs;
    await first?.getByRole("button", { name: "balance.low" }).click();
    for (const tab of tabs) await tab.locator("tr.row", { hasText: "✓ 200" }).waitFor();
    expect(streams).toHaveLength(1);

    // Another tab takes over from the one that had the stream.
    await first?.close();
    await others[0]?.locator(".buttons button", { hasText: "balance.low" }).click();
    for (const tab of others) await expect.poll(() => tab.locator("tr.row").count()).toBe(2);
    expect(streams).toHaveLength(2);
  },
  300_000,
);
