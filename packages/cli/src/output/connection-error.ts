import { MintfaxWebhookError } from "@mintfax-webhooks/core";
import { tlsInWords } from "./tls-error.ts";

/**
 * What a client of a database or queue threw, without what the URL has in it that is secret.
 *
 * @param server what "cannot be used", where the error is not a sentence of ours
 */
export function connectionErrorText(error: unknown, url: string, server: string): string {
  // What a client makes of such a URL is a host that is a piece of the password.
  if (mayBeMisread(url)) return `${server} cannot be used: ${MISREAD}`;
  return withoutSecrets(textOf(error, server, url), url);
}

const MISREAD =
  "its URL cannot be read. In a user name or password, write / as %2F, ? as %3F, # as %23, @ as %40, : as %3A and % as %25.";

/** A password that is not escaped ends the part of a URL that names the user and the host. */
function mayBeMisread(url: string): boolean {
  if (url === "") return false;
  const rest = url.replace(/^\w+:\/\/[^/?#]*/, "").replace(/\?[\w.-]+=.*$/s, "");
  // The host may be missing where the query names a socket.
  return rest.includes("@") || !URL.canParse(url.replace("@/", "@host/"));
}

function textOf(error: unknown, server: string, url: string): string {
  if (!(error instanceof Error)) return `${server} cannot be used: the client rejected without an error.`;
  const byDriver = error.cause instanceof Error ? error.cause : error;
  const tls = tlsInWords(byDriver.message, url);
  if (tls !== undefined) return `${server} cannot be used: ${tls}`;
  // Some stores say only that a statement failed; what the database said is more use.
  if (
    error instanceof MintfaxWebhookError &&
    error.code === "store_unavailable" &&
    error.cause instanceof Error &&
    !error.message.includes(error.cause.message)
  ) {
    return textOf(error.cause, server, url);
  }
  // `Error` of a connection to several addresses has an empty text.
  const [first] = error instanceof AggregateError ? error.errors : [];
  const said = inWords(first instanceof Error ? first.message : error.message || error.name);
  return error instanceof MintfaxWebhookError ? said : `${server} cannot be used: ${said}`;
}

function inWords(said: string): string {
  return said.startsWith("NOAUTH") ? "the server asks for a password, and the URL has none." : said;
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
