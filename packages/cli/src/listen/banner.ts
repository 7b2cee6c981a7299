import type { Colours } from "../output/colours.ts";
import { wrap } from "../output/text.ts";

/** Printed at the start: where it listens, and how to send a delivery there. */
export function banner(
  {
    origin,
    path,
    source,
    forward,
    page,
  }: {
    origin: string;
    path: string;
    source: string;
    forward: URL | undefined;
    page: string | undefined;
  },
  { bold, dim }: Colours,
): string {
  return [
    `${bold("Listening on")} ${origin}${path}`,
    ...(forward === undefined ? [] : [`${bold("Forwarding to")} ${forward.href}`]),
    ...(page === undefined ? [] : [`${bold("Page")} ${page}`]),
    dim(wrap(`Verifying with the secret from ${source}. Press Ctrl-C to stop.`, 0)),
    "",
    "To try it, run in another terminal:",
    "  mintfax-webhooks trigger fax.delivered \\",
    `    --to ${origin}${path}`,
    "",
    wrap(
      "To receive from outside, use a tunnel and mintfax's sandbox: the tunnel's operator can read the faxes' data. " +
        `Enter the tunnel's URL, followed by ${path}, in mintfax's dashboard:`,
      0,
    ),
    `  cloudflared tunnel --url ${origin}`,
    "",
    "",
  ].join("\n");
}
