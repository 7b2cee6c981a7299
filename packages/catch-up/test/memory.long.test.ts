import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { API_KEY, ENDPOINT, failedAttempt, isoOf, oddApi } from "./support/api.ts";

/** Four of each event. */
const ATTEMPTS = 100_000;
const MIB = 2 ** 20;

/** A list of so many failed attempts, made as it is asked for, and one of no success. */
function listOf(attempts: number): Parameters<typeof oddApi>[0] {
  const startMs = Date.now() - 3_600_000;
  return ({ query }) => {
    const from = Number(query.get("cursor") ?? 0);
    if (query.get("status") === "succeeded") return { data: [], next_cursor: null };
    const data = Array.from({ length: 100 }, (_, index) => {
      const number = from + index;
      const attempt = 4 - Math.floor(number / (attempts / 4));
      return failedAttempt(`event_with_a_long_id_${number % (attempts / 4)}`, {
        id: `wha_01J9XYZQ8KH7B3R0WXAZP8VW_${number}`,
        attempt_number: attempt,
        failed_at: isoOf(startMs - number * 10),
        error_message: "x".repeat(500),
      });
    });
    return { data, next_cursor: from + 100 < attempts ? String(from + 100) : null };
  };
}

/** The heap of a process that has read so many attempts, in bytes, and how many requests it took. */
async function heapAfter(attempts: number): Promise<{ heapBytes: number; requests: number; total: number }> {
  const { url } = await oddApi(listOf(attempts));
  const child = fork(join(import.meta.dirname, "support/heap-process.ts"), [ENDPOINT, API_KEY, url], {
    execArgv: ["--conditions=source", "--expose-gc"],
  });
  const [message] = await once(child, "message");
  await once(child, "exit");
  return message as { heapBytes: number; requests: number; total: number };
}

test("100,000 attempts: 1,001 requests, and memory grows with events, by less than 500 bytes each", {
  timeout: 300_000,
}, async () => {
  const few = await heapAfter(4_000);
  const many = await heapAfter(ATTEMPTS);
  expect(few).toMatchObject({ requests: 41, total: 1_000 });
  // One for each 100 attempts, and one that finds no success: fewer cannot tell of them all.
  expect(many).toMatchObject({ requests: 1_001, total: ATTEMPTS / 4 });
  const bytesAnEvent = (many.heapBytes - few.heapBytes) / (many.total - few.total);
  console.log(JSON.stringify({ fewMiB: few.heapBytes / MIB, manyMiB: many.heapBytes / MIB, bytesAnEvent }));
  expect(bytesAnEvent).toBeLessThan(500);
});
