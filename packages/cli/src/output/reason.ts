import { oneLine } from "./text.ts";

/** What `fetch` and Node say of a connection, and what it means. */
const REASONS: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/ECONNREFUSED/, "nothing listens there"],
  [/ECONNRESET|EPIPE|other side closed|socket hang up|terminated/, "the server cut the connection"],
  [/ENOTFOUND|EAI_AGAIN/, "the host is not known"],
  [/ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|EHOSTUNREACH|ENETUNREACH/, "the host cannot be reached"],
  [/bad port/, "browsers and fetch refuse this port"],
];

/** Why no answer came: in words where they are known, and as it was said. */
export function reasonFor(error: string): string {
  const said = oneLine(error.replace(/^fetch failed: /, ""));
  const words = REASONS.find(([pattern]) => pattern.test(said))?.[1];
  return words === undefined ? said : `${words} (${said})`;
}
