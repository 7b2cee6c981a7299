/** The sender of good deliveries: one after another at a fixed pace, whether the last one has been answered or not. */
import { Agent, request } from "node:http";
import { PATH } from "test-support/siege-setting";
import { bodyOf, headersOf, signatureOf } from "./traffic.ts";

/** What became of the good deliveries of one phase. */
export interface Deliveries {
  readonly sent: number;
  /** From the first one that was due to the last answer. */
  readonly elapsedMs: number;
  /** By status; `error` where there was none. */
  readonly answered: Readonly<Record<string, number>>;
  /** Of those answered with 200: every other one over a connection of its own, the rest over a few that are kept. */
  readonly latenciesMs: { readonly kept: readonly number[]; readonly fresh: readonly number[] };
}

const PER_SECOND = 50;
/** In turn, so that none of them is idle for long enough for the server to close it. */
const kept = new Agent({ keepAlive: true, maxSockets: 8, scheduling: "fifo" });
const port = Number(process.argv[2]);
let count = 0;

async function phase(seconds: number): Promise<Deliveries> {
  const answered: Record<string, number> = {};
  const latenciesMs = { kept: [] as number[], fresh: [] as number[] };
  const pending: Promise<void>[] = [];
  const startMs = performance.now();
  for (let sent = 0; sent < seconds * PER_SECOND; sent++) {
    const dueMs = startMs + (sent * 1_000) / PER_SECOND;
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    pending.push(
      deliver(sent % 2 === 0 ? kept : undefined).then((status) => {
        answered[status] = (answered[status] ?? 0) + 1;
        // From when it was due: a sender that is held up would otherwise hide what it waits for.
        if (status === "200") latenciesMs[sent % 2 === 0 ? "kept" : "fresh"].push(performance.now() - dueMs);
      }),
    );
  }
  await Promise.all(pending);
  return { sent: pending.length, elapsedMs: performance.now() - startMs, answered, latenciesMs };
}

function deliver(agent: Agent | undefined): Promise<string> {
  count += 1;
  const id = `evt_good${count}`;
  const timestamp = Math.floor(Date.now() / 1_000);
  const body = bodyOf(id);
  const headers = headersOf({ id, timestamp, signature: signatureOf(id, timestamp, body) });
  return new Promise((resolve) => {
    const sending = request(
      {
        agent: agent ?? false,
        port,
        host: "127.0.0.1",
        method: "POST",
        path: PATH,
        headers: { ...headers, "content-length": body.length },
      },
      (answer) => {
        answer.resume().on("end", () => resolve(String(answer.statusCode)));
      },
    );
    sending.on("error", () => resolve("error"));
    sending.end(body);
  });
}

process.on("message", async ({ seconds }: { seconds: number }) => {
  process.send?.(await phase(seconds));
});
process.on("disconnect", () => process.exit());
process.send?.("ready");
