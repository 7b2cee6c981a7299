import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const CHROMIUM = "/usr/bin/chromium";

/** Whether Debian's Chromium is on this machine. Under CI=true it has to be. */
export const HAS_CHROMIUM: boolean = existsSync(CHROMIUM) || process.env.CI === "true";

/** Debian's Chromium, without a window. Close it at the end. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
}
