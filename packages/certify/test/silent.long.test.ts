import type { IncomingMessage, ServerResponse } from "node:http";
import { certify } from "@mintfax-webhooks/certify";
import { expect, onTestFinished, test } from "vitest";
import { SECRET } from "./support/secrets.ts";
import { serve } from "./support/serve.ts";

const TIMEOUT_MS = 1_500;
const IN_FULL = "no answer (within 1.5 s)";

async function resultsOf(answer: (req: IncomingMessage, res: ServerResponse, count: number) => void) {
  let count = 0;
  const { origin, close } = await serve((req, res) => {
    count += 1;
    const number = count;
    req.resume().on("end", () => answer(req, res, number));
  });
  onTestFinished(close);
  return (runs?: string) =>
    certify({
      url: `${origin}/webhooks/mintfax`,
      secret: SECRET,
      timeoutMs: TIMEOUT_MS,
      ...(runs !== undefined && { runsUrl: `${origin}${runs}` }),
    });
}

test("a receiver that answers its first request alone is waited for in full three times, and then for less", async () => {
  const run = await resultsOf((_, res, count) => {
    if (count === 1) res.writeHead(200).end();
  });
  const { passed, results } = await run();
  expect(passed).toBe(false);
  const gots = results.map(({ got }) => got).filter((got) => got.startsWith("no answer (within"));
  expect(gots.filter((got) => got.startsWith(IN_FULL)).length).toBeLessThanOrEqual(4);
  expect(gots.length).toBeGreaterThan(50);
}, 60_000);

test("a handler whose runs are told no more is not seen, and ends nothing", async () => {
  let asked = 0;
  const run = await resultsOf((req, res) => {
    if (!req.url?.startsWith("/runs")) res.writeHead(200).end();
    else if (asked === 0) res.end(String(asked++));
    else req.socket.destroy();
  });
  const { results } = await run("/runs");
  expect(results.find(({ id }) => id === "processing.copy")).toMatchObject({ verdict: "unknown" });
}, 60_000);
