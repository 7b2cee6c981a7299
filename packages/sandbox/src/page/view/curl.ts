import type { AttemptDetailsView } from "../protocol.ts";

/** Of one connection: curl has its own. */
const NOT_COPIED = /^(connection|content-length|host|keep-alive|transfer-encoding)$/i;

/** The same request as a command for a shell of Unix. A receiver refuses it once its timestamp is too old. */
export function curlOf({ url, requestHeaders, requestBody }: AttemptDetailsView): string {
  const headers = requestHeaders
    .filter(([name]) => !NOT_COPIED.test(name))
    .map(([name, value]) => `  -H ${quoted(`${name}: ${value}`)}`);
  return [`curl -sS ${quoted(url)}`, ...headers, `  --data-raw ${quoted(requestBody)}`].join(" \\\n");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
