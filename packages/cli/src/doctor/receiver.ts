import type { CheckFinding } from "@mintfax-webhooks/core";
import { clockFinding } from "@mintfax-webhooks/core/store";
import { eventFixture, forge, signDelivery } from "@mintfax-webhooks/testing";
import { type ReadAnswer, readAnswer } from "../output/answer.ts";
import { oneLine } from "../output/text.ts";
import { hintFor } from "../target/hint.ts";

const LIMIT_MS = 10_000;
/** What is read of an answer. A receiver's is far shorter. */
const MOST_CHARACTERS = 8_192;

/** An answer to the probe, and what else it says. */
interface Probed extends ReadAnswer {
  readonly isPage: boolean;
  readonly location: string | null;
  /** Of the `Date` header; NaN without one. */
  readonly serverMs: number;
  readonly askedMs: number;
  readonly answeredMs: number;
}

/**
 * What a receiver makes of a forged delivery: it is signed with a key that was made for it, so no receiver that verifies runs
 * a handler, or changes anything.
 */
export async function checkReceiver(to: URL): Promise<CheckFinding[]> {
  const probed = await probe(to);
  const { status } = probed;
  if (status === null) return [unreached(probed, to)];
  const reached = finding("receiver_reachable", true, `${to.origin} answers.`);
  const date = Number.isNaN(probed.serverMs) ? [] : [clockFinding("the receiver's server", probed)];
  return [reached, ...answered(probed, status, to), ...date];
}

async function probe(to: URL): Promise<Probed> {
  const secret = `whsec_${Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString("base64")}`;
  const { headers, body } = forge(signDelivery(eventFixture("fax.queued"), { secret }));
  const askedMs = Date.now();
  const none = { isPage: false, location: null, serverMs: Number.NaN, askedMs };
  try {
    const response = await fetch(to, {
      method: "POST",
      headers: { ...headers },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    const text = await beginningOf(response);
    return {
      ...none,
      ...readAnswer({ status: response.status, body: text, error: null }),
      isPage:
        /^text\/html\b/i.test(response.headers.get("content-type") ?? "") ||
        /^\s*<(?:!doctype|html)/i.test(text),
      location: response.headers.get("location"),
      serverMs: Date.parse(response.headers.get("date") ?? ""),
      answeredMs: Date.now(),
    };
  } catch (error) {
    return {
      ...none,
      ...readAnswer({ status: null, body: null, error: said(error) }),
      answeredMs: Date.now(),
    };
  }
}

async function beginningOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length >= MOST_CHARACTERS) break;
  }
  return text.slice(0, MOST_CHARACTERS);
}

/** `fetch` keeps the reason in the causes. */
function said(error: unknown): string {
  const { name, message, code, cause } = Object(error) as Readonly<Record<string, unknown>>;
  if (name === "TimeoutError") return `no answer came within ${LIMIT_MS / 1000} s`;
  if (cause !== undefined) return said(cause);
  const [first] = (error instanceof AggregateError ? error.errors : []) as readonly unknown[];
  if (first !== undefined) return said(first);
  return [code, message].filter((part) => typeof part === "string").join(" ");
}

function unreached(probed: Probed, to: URL): CheckFinding {
  const why = probed.message ?? "";
  const isTls = /certificate|self-signed|wrong version number|\bSSL\b|\bTLS\b|ERR_TLS/i.test(why);
  const code = isTls ? "receiver_tls" : "receiver_reachable";
  return finding(code, false, `${to.origin} does not answer: ${why}.`, hintFor(probed, to));
}

function answered(probed: Probed, status: number, to: URL): CheckFinding[] {
  const { outcome, code, message, isPage } = probed;
  if (outcome !== null) return ofOurReceiver(outcome, code ?? "", message ?? "");
  const path = (text: string, fix: string | undefined): CheckFinding[] => [
    finding("receiver_path", false, `POST ${to.pathname} is answered with ${status}${text}.`, fix),
  ];
  if (status >= 300 && status <= 399) return path(`, a redirect${placeOf(probed, to)}`, hintFor(probed, to));
  if (status === 404 || status === 405 || status === 410) {
    return path(
      "",
      hintFor(probed, to) ?? "Mount the receiver there for POST, or send to the path on which it is.",
    );
  }
  if (isPage) {
    return path(
      ", and a web page",
      "Another program answers: a login page, a CDN, a front end that takes every path. Let this path through to the receiver.",
    );
  }
  if (status >= 500) {
    return path(
      "",
      "The server or the proxy in front of it fails. Its log says why; 502 and 504 mean that no process answers behind the proxy.",
    );
  }
  const there = finding("receiver_path", true, `POST ${to.pathname} is answered with ${status}.`);
  if (status >= 200 && status <= 299) {
    return [
      there,
      finding(
        "receiver_verifies",
        false,
        "A forged delivery is accepted.",
        "Verify the signature before anything else; mintfax-webhooks certify shows what else is missing.",
      ),
    ];
  }
  if (status === 401 || status === 403) {
    const unsure =
      "It refuses a forged delivery, or it asks for credentials of its own, which mintfax does not have.";
    return [
      there,
      { ...VERIFIES, ok: "unknown", message: unsure, fix: "mintfax-webhooks trigger sends a genuine one." },
    ];
  }
  return [there, finding("receiver_verifies", true, "It refuses a forged delivery.")];
}

/** A receiver of this library says what it is about. */
function ofOurReceiver(outcome: string, code: string, message: string): CheckFinding[] {
  const there = finding("receiver_path", true, "A receiver of mintfax-webhooks answers.");
  if (/^timestamp_too/.test(code)) {
    const fix = "Set the clock of the receiver, or that of this machine: chronyc makestep.";
    return [
      there,
      {
        code: "clock",
        level: "error",
        ok: false,
        message: `The receiver refuses the time of this machine: ${message}`,
        fix,
      },
    ];
  }
  if (code === "body_already_parsed") {
    return [
      there,
      finding(
        "receiver_body",
        false,
        message,
        "Mount the receiver before the body parser: docs/express.md#two-traps.",
      ),
    ];
  }
  if (outcome === "refused" && code === "signature_mismatch") {
    return [there, finding("receiver_verifies", true, "It refuses a forged delivery.")];
  }
  return [
    there,
    finding(
      "receiver_ready",
      false,
      `It answers a delivery with ${outcome}, ${code}: ${message}`,
      "The receiver's log says why.",
    ),
  ];
}

/** Without a query, which may hold a secret. */
function placeOf({ location }: Probed, to: URL): string {
  if (location === null || !URL.canParse(location, to)) return "";
  const { origin, pathname } = new URL(location, to);
  return ` to ${oneLine(origin + pathname).slice(0, 200)}`;
}

const VERIFIES = { code: "receiver_verifies", level: "error" } as const;

function finding(code: string, ok: boolean, message: string, fix?: string): CheckFinding {
  return { code, level: "error", ok, message, ...(fix !== undefined && { fix }) };
}
