import type { Colours } from "../output/colours.ts";
import { wrap } from "../output/text.ts";

/** What somebody who has just started to listen needs to know. */
export function banner(
  {
    origin,
    path,
    source,
    forward,
  }: { origin: string; path: string; source: string; forward: URL | undefined },
  { bold, dim }: Colours,
): string {
  return [
    `${bold("Listening on")} ${origin}${path}`,
    ...(forward === undefined ? [] : [`${bold("Passing on to")} ${forward.href}`]),
    dim(`Verifying with the secret from ${source}. Ctrl-C ends it.`),
    "",
    "Try it, in another terminal:",
    "  mintfax-webhooks trigger fax.delivered \\",
    `    --to ${origin}${path}`,
    "",
    wrap(
      "From outside, through a tunnel. Whoever runs it can read what passes, so use mintfax's sandbox. " +
        `Its URL, followed by ${path}, goes into mintfax's dashboard:`,
      0,
    ),
    `  cloudflared tunnel --url ${origin}`,
    "",
    "",
  ].join("\n");
}
