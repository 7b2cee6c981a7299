import { withinLimit } from "@mintfax-webhooks/core/store";
import type { Connection } from "./connection.ts";
import { readText } from "./read-text.ts";

/** A page of 100 attempts with the first 4 KB of each answer, many times over. */
const BODY_MAX_BYTES = 8 * 1024 * 1024;

/** One request. */
export interface ApiRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** What came of a request. */
export interface ApiAnswer {
  /** Undefined where no answer began. */
  readonly status: number | undefined;
  readonly headers: Headers;
  /** Undefined where the body is empty or not JSON. */
  readonly json: unknown;
  /** Why nothing can be made of it, in words; undefined where mintfax answered, be it with a refusal. */
  readonly fault: string | undefined;
  /** Whether the fault is an answer that mintfax would not give, as a proxy's page. */
  readonly isForeign: boolean;
}

/** Sends a request and reads the answer, within the limits of time and size. Never rejects. */
export async function exchange(connection: Connection, request: ApiRequest): Promise<ApiAnswer> {
  const { apiKey, timeoutMs } = connection;
  const cutOff = new AbortController();
  const onAbort = (): void => cutOff.abort(request.signal.reason);
  request.signal.addEventListener("abort", onAbort, { once: true });
  let response: Response | undefined;
  const work = async (): Promise<string | undefined> => {
    response = await connection.fetch(request.url, {
      method: request.method,
      headers: {
        ...request.headers,
        accept: "application/json",
        authorization: `Bearer ${apiKey}`,
        // A cache in between would go on showing attempts as failed that have got through.
        "cache-control": "no-cache",
      },
      // A redirect could take the key to another origin.
      redirect: "manual",
      signal: cutOff.signal,
    });
    return readText(response, BODY_MAX_BYTES);
  };
  try {
    // A `fetch` may heed no signal: the run ends its wait for it all the same.
    const text = await withinLimit(orAborted(work(), request.signal), timeoutMs, () => new TimeIsOver());
    return answerFrom(response as Response, text);
  } catch (error) {
    return unread(
      response,
      error instanceof TimeIsOver ? `it took longer than ${timeoutMs} ms` : said(error, apiKey),
    );
  } finally {
    request.signal.removeEventListener("abort", onAbort);
    // Ends what is still under way; where all is read it does nothing.
    cutOff.abort();
  }
}

class TimeIsOver extends Error {}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

function answerFrom(response: Response, text: string | undefined): ApiAnswer {
  const { status, headers } = response;
  const json = jsonFrom(text);
  const type = headers.get("content-type")?.split(";")[0]?.slice(0, 60) ?? "no content type";
  const base = { status, headers, json };
  if (status >= 500 || status === 408 || status === 425) {
    return { ...base, fault: `the answer was ${status}, ${type}`, isForeign: false };
  }
  if (status >= 200 && status < 300 && json === undefined && text !== "") {
    const what = text === undefined ? `longer than ${BODY_MAX_BYTES} bytes` : `${type} instead of JSON`;
    return { ...base, fault: `the answer was ${status}, but ${what}`, isForeign: true };
  }
  return { ...base, fault: undefined, isForeign: false };
}

/** Where its headers came, the status is known, and a refusal counts without its body. */
function unread(response: Response | undefined, fault: string): ApiAnswer {
  if (response === undefined) {
    return { status: undefined, headers: new Headers(), json: undefined, fault, isForeign: false };
  }
  const { status, headers } = response;
  const isRefusal = status >= 300 && status < 500 && status !== 408 && status !== 425;
  const shown = isRefusal ? undefined : `the answer was ${status}, and its body broke off: ${fault}`;
  return { status, headers, json: undefined, fault: shown, isForeign: false };
}

function jsonFrom(text: string | undefined): unknown {
  try {
    return text === undefined || text === "" ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a `fetch` threw, as one line, with the code of its cause (ECONNREFUSED). It is not kept itself: it may hold the headers. */
function said(error: unknown, apiKey: string): string {
  try {
    const { name, message, cause } = error as Error;
    const code = (cause as { code?: unknown } | undefined)?.code;
    const text = `${name}: ${message}${typeof code === "string" ? ` (${code})` : ""}`;
    return text
      .replaceAll(apiKey, "***")
      .replace(/[\p{Cc}\p{Cf}]/gu, " ")
      .slice(0, 200);
  } catch {
    return "the fetch function threw what cannot be read";
  }
}
