import type { AttemptDetailsView } from "../protocol.ts";

/** The same request as a command for a shell of Unix. A receiver refuses it once its timestamp is too old. */
export function curlOf({ url, requestHeaders, requestBody }: AttemptDetailsView): string {
  const headers = Object.entries(requestHeaders).map(
    ([name, value]) => `  -H ${quoted(`${name}: ${value}`)}`,
  );
  return [`curl -sS ${quoted(url)}`, ...headers, `  --data-raw ${quoted(requestBody)}`].join(" \\\n");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
