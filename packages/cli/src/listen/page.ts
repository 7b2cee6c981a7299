import type { AttemptsPage, DeliveryEnding, PassOn } from "@mintfax-webhooks/sandbox/attempts-page";
import { UsageError } from "../usage-error.ts";
import type { Arrival } from "./arrival.ts";
import type { Entry } from "./entry.ts";
import { type Forwarded, forward } from "./forward.ts";

interface PageOptions {
  readonly port: number;
  /** Where deliveries come in. */
  readonly url: string;
  readonly secrets: readonly string[];
  readonly forward: URL | undefined;
}

/**
 * Opens the page, on a port of its own: a tunnel may lead strangers to that of deliveries.
 *
 * @throws {UsageError} where the port cannot be opened
 */
export async function openPage({ port, url, secrets, forward: to }: PageOptions): Promise<AttemptsPage> {
  // Without --page, `listen` starts without its server.
  const { openAttemptsPage } = await import("@mintfax-webhooks/sandbox/attempts-page");
  const target = to === undefined ? undefined : { url: to.href, passOn: passOnTo(to) };
  return openAttemptsPage({ port, url, secrets, ...(target !== undefined && { target }) }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === undefined) throw error;
      throw new UsageError(
        `Port ${port} cannot be opened for the page (${error.code}). Choose another with --page; 0 picks a free one.`,
      );
    },
  );
}

/** Shows a delivery on the page. @returns shows how it has ended */
export function showOn(page: AttemptsPage, { at, request, verified }: Arrival): (entry: Entry) => void {
  const ended = page.started({
    id: verified.id ?? headerOf(request.headers, "webhook-id"),
    type: verified.type,
    receivedMs: at.getTime(),
    headers: request.headers,
    body: request.body,
  });
  return (entry) => ended(endingOf(entry));
}

function endingOf({ verified, forwarded, durationMs, diagnosis, undiagnosed }: Entry): DeliveryEnding {
  const { outcome, status, code, message, id } = verified;
  const answered =
    forwarded === undefined
      ? { status, body: JSON.stringify({ outcome, code, message, id }), error: null }
      : answeredBy(forwarded);
  const reasons = diagnosis?.findings ?? notLookedFor(undiagnosed);
  return { ...answered, durationMs, ...(reasons !== undefined && { reasons }) };
}

function notLookedFor(why: string | undefined): DeliveryEnding["reasons"] {
  return why === undefined
    ? undefined
    : [{ what: "The cause was not looked for.", why: `${why}.`, fix: undefined }];
}

function answeredBy(forwarded: Forwarded): Pick<DeliveryEnding, "status" | "body" | "error"> {
  return forwarded.status === null
    ? { status: null, body: null, error: forwarded.error }
    : { status: forwarded.status, body: forwarded.body.toString("utf8"), error: null };
}

function passOnTo(to: URL): PassOn {
  return async (headers, body) => {
    const startMs = performance.now();
    const rawHeaders = headers.flat();
    const isChunked = headers.some(([name]) => name.toLowerCase() === "transfer-encoding");
    const request = {
      method: "POST",
      rawHeaders,
      headers: isChunked ? { "transfer-encoding": "chunked" } : {},
    };
    const forwarded = await forward(request, body, to);
    return { ...answeredBy(forwarded), durationMs: performance.now() - startMs };
  };
}

function headerOf(headers: Arrival["request"]["headers"], wanted: string): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
}
