import { ExampleProcess } from "test-support/example-process";
import { describe, expect, test } from "vitest";
import { cli, RunningCli, SECRET } from "./support/cli.ts";
import { serve, serveAlways, serveHandlerOfFailed, serveReceiver } from "./support/server.ts";

/** The schedule of 18.5 minutes in a ninth of a second. */
const FAST = ["--time-scale", "0.0001", "--rate", "1000"];

/** Bytes for each delivery. It is some 80; to keep every attempt would make it 280, to keep every event 800. */
const FLAT = 200;

interface Summary {
  readonly seed: number;
  readonly interrupted: boolean;
  readonly faxes: { asked: number; started: number; done: number };
  readonly events: { started: number; accepted: number; neverAccepted: number; open: number };
  readonly attempts: number;
  readonly retries: number;
  readonly duplicates: number;
  readonly unhandledTypes: string[];
  readonly answers: { status: number | null; outcome: string | null; reason: string | null; count: number }[];
  readonly latencyMs: { p50: number; p99: number; max: number } | null;
  readonly firstNeverAccepted: { id: string; type: string; status: number | null }[];
  readonly pace: { limit: string; latestMs: number };
}

/**
 * What a simulation has in memory, as it goes on. Not before the example has taken some deliveries: until then code is
 * compiled and connections are opened. Not up to its end: less and less is under way then.
 */
async function memoryOf(running: RunningCli, example: ExampleProcess): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  for (let deliveries = 200; deliveries <= 3_200; deliveries += 200) {
    await example.line(() => example.lines.length >= deliveries);
    if (deliveries >= 1_400) samples.push({ deliveries, bytes: await running.bytesInUse() });
  }
  return samples;
}

interface Sample {
  readonly deliveries: number;
  readonly bytes: number;
}

/** The slope of the line through them: bytes for each delivery. */
function growthOf(samples: readonly Sample[]): number {
  const mean = (of: (sample: Sample) => number): number =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const [middle, height] = [mean(({ deliveries }) => deliveries), mean(({ bytes }) => bytes)];
  const covariance = mean(({ deliveries, bytes }) => (deliveries - middle) * (bytes - height));
  return covariance / mean(({ deliveries }) => (deliveries - middle) ** 2);
}

async function simulate(url: string, ...args: string[]): Promise<{ code: number | null; summary: Summary }> {
  const { code, stdout } = await cli(["simulate", "--to", url, "--json", ...FAST, ...args]);
  return { code, summary: JSON.parse(stdout) as Summary };
}

describe("simulate", () => {
  test("a thousand faxes: no event is lost, every effect happens once, and memory stays flat", async () => {
    const FAXES = 1_000;
    const example = await ExampleProcess.start("express", { MINTFAX_WEBHOOK_SECRET: SECRET });
    try {
      const numbers = Array.from({ length: FAXES }, (_, index) => String(index + 1));
      await Promise.all(
        numbers.map((number) => fetch(`${example.origin}/orders/${number}`, { method: "PUT" })),
      );
      const asked = ["--faxes", String(FAXES), "--duplicates", "0.2", "--reorder", "0.2", "--seed", "7"];
      const running = new RunningCli(["simulate", "--to", example.url, "--json", ...FAST, ...asked], {
        probed: true,
      });
      const memory = await memoryOf(running, example);
      const { code, stdout } = await running.finished();
      expect(growthOf(memory)).toBeLessThan(FLAT);
      const summary = JSON.parse(stdout) as Summary;
      expect(code).toBe(0);
      expect(summary.faxes).toEqual({ asked: FAXES, started: FAXES, done: FAXES });
      expect(summary.events).toMatchObject({ accepted: summary.events.started, neverAccepted: 0, open: 0 });
      expect(summary.duplicates).toBeGreaterThan(FAXES / 5);
      expect(summary.attempts).toBe(summary.events.started + summary.duplicates + summary.retries);

      const { orders } = (await (await fetch(`${example.origin}/orders`)).json()) as {
        orders: Record<string, { status: string; log: string[] }>;
      };
      const logs = Object.values(orders).map(({ log }) => log);
      expect(logs).toHaveLength(FAXES);
      expect(logs.flat()).toHaveLength(summary.events.started);
      for (const log of logs) {
        expect(log.filter((type) => type === "fax.queued")).toHaveLength(1);
        expect(log.filter((type) => type === "fax.delivered" || type === "fax.failed")).toHaveLength(1);
      }
      expect(new Set(Object.values(orders).map(({ status }) => status))).toEqual(
        new Set(["delivered", "failed"]),
      );
    } finally {
      await example.stop();
    }
    // Some 3,700 deliveries: more work than the usual limit for what hangs has in mind.
  }, 180_000);

  test("retries an event until it is accepted", async () => {
    const failed = new Set<string>();
    const { url } = await serveReceiver(({ id }) => {
      if (failed.has(id)) return;
      failed.add(id);
      throw new Error("the first time, always");
    });
    const { code, summary } = await simulate(url, "--faxes", "20", "--duplicates", "0");
    expect(code).toBe(0);
    expect(summary.retries).toBe(summary.events.started);
    expect(summary.answers).toMatchObject([
      { status: 500, outcome: "failed", count: summary.events.started },
      { status: 200, outcome: "processed", count: summary.events.started },
    ]);
  });

  test("measures the time to answer in milliseconds", async () => {
    const { url } = await serveReceiver(() => new Promise((resolve) => setTimeout(resolve, 50)));
    const { summary } = await simulate(url, "--faxes", "3", "--duplicates", "0");
    expect(summary.latencyMs?.p50).toBeGreaterThan(40);
    expect(summary.latencyMs?.max).toBeGreaterThanOrEqual(summary.latencyMs?.p50 ?? Infinity);
  });

  test("names the types that no handler took", async () => {
    const url = await serveHandlerOfFailed();
    const { summary } = await simulate(url, "--faxes", "10", "--seed", "1");
    expect(summary.unhandledTypes).toEqual(["fax.delivered", "fax.queued", "fax.sending"]);
    const { code, stdout } = await cli(["simulate", "--faxes", "10", "--seed", "2", "--to", url]);
    expect(code).toBe(0);
    expect(stdout.replace(/\s+/g, " ")).toContain(
      '✓ Every event was accepted. ! No handler ran: the receiver has none for fax.delivered, fax.queued, fax.sending. To add one: .on("fax.*", ...).',
    );
  });

  test("names the events that were never accepted, and exits with 1", async () => {
    const url = await serveAlways(503, "unreachable");
    const play = (faxes: number, ...options: string[]) =>
      cli([
        "simulate",
        "--to",
        url,
        ...FAST,
        "--duplicates",
        "0",
        "--seed",
        "3",
        "--faxes",
        String(faxes),
        ...options,
      ]);
    const text = await play(1);
    expect(text.code).toBe(1);
    const summary = JSON.parse((await play(1, "--json")).stdout) as Summary;
    expect(summary.events).toMatchObject({ accepted: 0, neverAccepted: summary.events.started });
    expect(summary.attempts).toBe(4 * summary.events.started);
    // Their order is up to the network.
    const named = [...text.stdout.matchAll(/^ {2}(evt_\w{22}) {2}(fax\.\w+) +(503)$/gm)].map((line) =>
      line.slice(1).join(),
    );
    expect(named.length).toBe(summary.events.started);
    expect(named.sort()).toEqual(
      summary.firstNeverAccepted.map(({ id, type, status }) => [id, type, status].join()).sort(),
    );

    const many = (await play(8)).stdout;
    expect(many).toMatch(/✗ \d+ events were never accepted/);
    expect(many).toMatch(/and \d+ more/);
  });

  test("the same seed plays the same faxes", async () => {
    const play = async (...seed: string[]): Promise<string[]> => {
      const { url, events } = await serveReceiver();
      await simulate(url, "--faxes", "15", ...seed);
      return events
        .map(({ id, type, data }) => [id, type, "tags" in data.object && data.object.tags.order].join())
        .sort();
    };
    const first = await play("--seed", "11");
    expect(first.length).toBeGreaterThan(45);
    expect(await play("--seed", "11")).toEqual(first);
    expect(await play("--seed", "12")).not.toEqual(first);
    expect(await play()).not.toEqual(await play());
  });

  test("every event, or none, can be sent twice or overtaken", async () => {
    const unruly = await serveReceiver();
    const all = await simulate(unruly.url, "--faxes", "10", "--duplicates", "1", "--reorder", "1");
    expect(all.summary.duplicates).toBe(all.summary.events.started);
    expect(unruly.events).toHaveLength(all.summary.events.started);
    const calm = await serveReceiver();
    const none = await simulate(calm.url, "--faxes", "10", "--duplicates", "0", "--reorder", "0");
    expect(none.summary).toMatchObject({ duplicates: 0, attempts: none.summary.events.started });
  });

  test("sets a field in every event", async () => {
    const { url, events } = await serveReceiver();
    await simulate(url, "--faxes", "3", "--set", "data.object.tags.tenant=7");
    expect(events.length).toBeGreaterThan(8);
    expect(events.every(({ data }) => "tags" in data.object && data.object.tags.tenant === "7")).toBe(true);
  });

  test("reports a receiver that does not keep up", async () => {
    const url = await serve((req, res) => {
      req.resume().on("end", () => setTimeout(() => res.end(), 100));
    });
    const { stdout, code } = await cli([
      "simulate",
      "--to",
      url,
      ...FAST,
      "--faxes",
      "10",
      "--concurrency",
      "1",
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain("! The receiver did not keep up with 1000 faxes a second");
  });

  test("Ctrl-C prints the summary so far", async () => {
    let begun: () => void = () => {};
    const requests = new Promise<void>((resolve) => {
      begun = resolve;
    });
    let count = 0;
    const url = await serve((req, res) => {
      req.resume().on("end", () => res.end());
      count += 1;
      if (count === 20) begun();
    });
    const running = new RunningCli(["simulate", "--to", url, "--json", "--faxes", "100000", "--rate", "50"]);
    await requests;
    running.interrupt();
    const { code, stdout } = await running.finished();
    const summary = JSON.parse(stdout) as Summary;
    expect(code).toBe(130);
    expect(summary.interrupted).toBe(true);
    expect(summary.events.accepted).toBeGreaterThan(10);
    expect(summary.events.started).toBe(summary.events.accepted + summary.events.open);
    expect(summary.faxes.started).toBeLessThan(100_000);
  });

  test("a receiver whose answers all differ does not fill the memory", async () => {
    let count = 0;
    const url = await serve((req, res) => {
      count += 1;
      const body = JSON.stringify({ outcome: `o${count}` });
      req.resume().on("end", () => res.end(body));
    });
    const { summary } = await simulate(url, "--faxes", "60");
    expect(summary.answers.length).toBeLessThan(60);
    expect(summary.answers.map(({ count: number }) => number).reduce((a, b) => a + b)).toBe(summary.attempts);
  });
});
