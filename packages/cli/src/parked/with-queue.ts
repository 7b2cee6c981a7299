import { MintfaxWebhookError } from "@mintfax-webhooks/core";
import type { Parked } from "@mintfax-webhooks/queue";
import { UsageError } from "../usage-error.ts";
import { ENGINES, type OpenQueue } from "./engines.ts";
import type { Place } from "./place.ts";

/** @throws {UsageError} where the queue cannot be used; it holds neither the URL nor a part of it that is secret */
export async function withQueue<T>(place: Place, use: (parked: Parked) => Promise<T>): Promise<T> {
  let open: OpenQueue | undefined;
  try {
    open = await ENGINES[place.engine](place);
    await open.ready();
    return await use(open.parked);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${place.engine}: ${withoutSecrets(textOf(error), place.url)}`);
  } finally {
    // What it was to do is done, or has failed.
    await open?.close().catch(() => {});
  }
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return "the client rejected without an error.";
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
