import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { isAccepted } from "@mintfax-webhooks/testing";
import type { Probe } from "../probe.ts";
import { eventText, Genuine } from "../vectors/draft.ts";
import { forged, type VectorRequest, withHeader } from "../vectors/request.ts";
import { type Answer, inWords } from "../wire/answer.ts";
import { pipeline } from "../wire/pipeline.ts";
import type { SendOptions } from "../wire/send.ts";
import { type Check, type Found, found } from "./check.ts";

const GROUP = "Bytes arrive in many ways";
const MEBIBYTE = 1_048_576;
const OVERSIZED_BYTES = 16 * MEBIBYTE;
const BESIDE_MS = 2_000;
/** The sender that stalls is there before the other one, and stays longer. */
const STALLED_MS = 3_000;
const BEFORE_THE_OTHER_MS = 100;

function check(
  id: string,
  title: string,
  level: Check["level"],
  expected: string,
  why: string,
  run: Check["run"],
): Check {
  return { id: `transport.${id}`, group: GROUP, title, level, expected, why, run };
}

/** A genuine delivery that goes over the wire in another way. */
function accepted(
  id: string,
  title: string,
  level: Check["level"],
  why: string,
  body: NonNullable<SendOptions["body"]>,
): Check {
  return check(id, title, level, "a status of 2xx", why, async (probe) =>
    judged(await probe.send(new Genuine(probe.setting).request(), { body }), true),
  );
}

function large(id: string, title: string, level: Check["level"], why: string, bytes: number): Check {
  return check(id, title, level, "a status of 2xx", why, async (probe) => {
    const filler = "x".repeat(bytes);
    const genuine = new Genuine(probe.setting, {
      body: (eventId) => eventText(eventId, probe.setting.nowSeconds, { error_message: filler }),
    });
    return judged(await probe.send(genuine.request()), true);
  });
}

function judged(answer: Answer, accepted: boolean): Found {
  return found(isAccepted(answer) === accepted && answer.error !== "timeout", inWords(answer));
}

export const TRANSPORT_CHECKS: readonly Check[] = [
  accepted(
    "chunked",
    "accepts a body without a declared length",
    "should",
    "A proxy may pass a body on in chunks.",
    "chunked",
  ),
  accepted(
    "in_pieces",
    "accepts a body that comes in pieces",
    "must",
    "A body takes several packets; only all of it is signed.",
    "in pieces",
  ),
  accepted(
    "expect_continue",
    "accepts a sender that waits for 100 Continue",
    "should",
    "Some HTTP clients ask before they send a body.",
    "after 100 Continue",
  ),
  large(
    "usual_size",
    "accepts an event of 20 KB",
    "must",
    "Standard Webhooks advises senders to stay below 20 KB.",
    20_000,
  ),
  large(
    "large",
    "accepts an event of 200 KB",
    "should",
    "mintfax names no limit. Many body parsers have one of 100 KB.",
    200_000,
  ),
  check(
    "keep_alive",
    "accepts two deliveries over one connection",
    "must",
    "two statuses of 2xx",
    "Senders keep connections open.",
    async (probe) => {
      const agent = new (probe.url.protocol === "https:" ? HttpsAgent : HttpAgent)({
        keepAlive: true,
        maxSockets: 1,
      });
      try {
        const first = await probe.send(new Genuine(probe.setting).request(), { agent });
        const second = await probe.send(new Genuine(probe.setting).request(), { agent });
        return found(isAccepted(first) && isAccepted(second), `${inWords(first)}, ${inWords(second)}`);
      } finally {
        agent.destroy();
      }
    },
  ),
  check(
    "pipelined",
    "answers requests that were sent one behind the other",
    "should",
    "2xx, then a refusal, then 2xx, or fewer and the end of the connection",
    "HTTP allows it, and a stranger can do it: answers must not be swapped.",
    async (probe) => {
      const genuine = (): VectorRequest => new Genuine(probe.setting).request();
      const requests = [genuine(), forged(genuine()), genuine()];
      const { statuses, isEnded } = await pipeline(probe.url, requests, probe.patienceMs);
      const areRight = statuses.every((status, index) => status <= 299 === (index !== 1));
      const isComplete = statuses.length === requests.length || (isEnded && statuses.length > 0);
      const end = isEnded ? ", then the end of the connection" : "";
      return found(areRight && isComplete, (statuses.join(", ") || "no answer") + end);
    },
  ),
  check(
    "byte_order_mark",
    "answers a signed body that starts with a byte order mark",
    "should",
    "a status below 500",
    "The bytes are as they were signed; what a reader makes of the mark must not be an error of the server.",
    async (probe) => {
      const genuine = new Genuine(probe.setting, {
        body: (id) => `\ufeff${eventText(id, probe.setting.nowSeconds)}`,
      });
      const answer = await probe.send(genuine.request());
      return found(answer.status !== null && answer.status < 500, inWords(answer));
    },
  ),
  check(
    "compressed",
    "refuses a compressed body whose signature is of other bytes",
    "should",
    "a status other than 2xx",
    "The signature covers the bytes that came. A server that inflates first works for strangers.",
    async (probe) => {
      const request = new Genuine(probe.setting).request();
      const inflated = { ...request, body: gzipSync(request.body) };
      return judged(await probe.send(withHeader(inflated, "content-encoding", "gzip")), false);
    },
  ),
  check(
    "bomb",
    "refuses a forged body that inflates to 64 MiB",
    "must",
    "a status other than 2xx",
    "A stranger needs 64 KB to have 64 MiB made.",
    async (probe) => {
      const body = gzipSync(Buffer.alloc(64 * MEBIBYTE, "["), { level: 1 });
      const request = withHeader(
        forged({ ...new Genuine(probe.setting).request(), body }),
        "content-encoding",
        "gzip",
      );
      return alive(probe, await probe.send(request));
    },
  ),
  check(
    "deep_json",
    "refuses a forged body of 500,000 brackets",
    "must",
    "a status other than 2xx",
    "Parsed before it is verified, it can end the process.",
    async (probe) => {
      const body = Buffer.alloc(500_000, "[");
      return alive(probe, await probe.send(forged({ ...new Genuine(probe.setting).request(), body })));
    },
  ),
  check(
    "oversized",
    "refuses a forged body of 16 MiB before all of it has come",
    "should",
    "a refusal before the last byte",
    "What is read before it is verified is memory that strangers take.",
    async (probe) => {
      const body = Buffer.alloc(OVERSIZED_BYTES, "[");
      const answer = await probe.send(forged({ ...new Genuine(probe.setting).request(), body }));
      const took = `${inWords(answer)} after ${Math.ceil(answer.sentBytes / MEBIBYTE)} of 16 MiB`;
      return found(
        !isAccepted(answer) && answer.error !== "timeout" && answer.sentBytes < OVERSIZED_BYTES,
        took,
      );
    },
  ),
  check(
    "beside_stalled",
    "answers a delivery while another sender stalls",
    "should",
    `a status of 2xx within ${BESIDE_MS / 1000} s`,
    "A server that does one thing at a time is held up by one connection of a stranger.",
    async (probe) => {
      const stalled = { body: "half of it", timeoutMs: STALLED_MS } as const;
      const ended = probe.send(new Genuine(probe.setting).request(), stalled);
      await sleep(BEFORE_THE_OTHER_MS);
      const answer = await probe.send(new Genuine(probe.setting).request(), { timeoutMs: BESIDE_MS });
      if (!isAccepted(answer)) await ended;
      return judged(answer, true);
    },
  ),
  check(
    "stalled",
    "gives up on a body that stops halfway",
    "should",
    "an answer, or the end of the connection, within 30 s (timeoutMs)",
    "Each such connection holds memory, and costs its sender nothing.",
    async (probe) => {
      const answer = await probe.send(new Genuine(probe.setting).request(), {
        body: "half of it",
        timeoutMs: probe.timeoutMs,
      });
      return found(
        !isAccepted(answer) && answer.error !== "timeout",
        `${inWords(answer)} after ${(answer.durationMs / 1000).toFixed(0)} s`,
      );
    },
  ),
];

/** Refused, and the next genuine delivery is accepted. */
async function alive(probe: Probe, answer: Answer): Promise<Found> {
  const next = await probe.send(new Genuine(probe.setting).request());
  const isRefused = !isAccepted(answer) && answer.error !== "timeout";
  return found(
    isRefused && isAccepted(next),
    `${inWords(answer)}, then ${inWords(next)} for a genuine delivery`,
  );
}
