import type { Sandbox } from "@mintfax-webhooks/sandbox";
import type { Colours } from "../output/colours.ts";

/** What is printed once the sandbox listens. */
export function sandboxBanner(
  { url, pageUrl, apiKey }: Sandbox,
  forward: URL | undefined,
  timeScale: number,
  colours: Colours,
): string {
  const lines = [
    `${colours.bold("Page")}     ${colours.cyan(pageUrl)}`,
    `${colours.bold("API")}      ${url}`,
    `${colours.bold("API key")}  ${apiKey}`,
  ];
  if (forward !== undefined) lines.push(`${colours.bold("Sends to")} ${forward.href}`);
  if (timeScale !== 1) lines.push(`${colours.bold("Time")}     waits are multiplied by ${timeScale}`);
  return `${lines.join("\n")}\n\nOpen the page in a browser. Ctrl-C ends the sandbox, which keeps nothing.\n`;
}
