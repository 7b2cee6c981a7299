import { MintfaxWebhookError } from "@mintfax-webhooks/core";

/** What a client of a database or queue threw, without what the URL has in it that is secret. */
export function connectionErrorText(error: unknown, url: string): string {
  return withoutSecrets(textOf(error), url);
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return "the client rejected without an error.";
  // The store says only that its statement failed; what the database said is more use.
  if (
    error instanceof MintfaxWebhookError &&
    error.cause instanceof Error &&
    error.code === "store_unavailable"
  ) {
    return `PostgreSQL ${textOf(error.cause)}`;
  }
  // `Error` of a connection to several addresses has an empty text.
  const [first] = error instanceof AggregateError ? error.errors : [];
  const said = first instanceof Error ? first.message : error.message || error.name;
  return error instanceof MintfaxWebhookError ? said : `cannot be used: ${said}`;
}

/** Clients quote what they could not understand. */
function withoutSecrets(text: string, url: string): string {
  const credentials = /^\w+:\/\/([^/?#]*)@/.exec(url)?.[1];
  const password = credentials?.split(":").slice(1).join(":");
  const parameters = url.split("?").slice(1).join("?");
  return [url, password, decoded(password), parameters]
    .filter((secret) => secret !== undefined && secret !== "")
    .reduce<string>((cleaned, secret) => cleaned.replaceAll(secret as string, "..."), text);
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
