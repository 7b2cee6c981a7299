import { PostgresServer } from "test-support/postgres-server";
import type { PostgresMode } from "../inside/postgres.ts";
import { builtFile } from "../processes/build.ts";
import { Child } from "../processes/child.ts";
import { SlowLink } from "../processes/slow-link.ts";
import type { PartResult } from "../report/result.ts";
import { inRounds } from "../stats/rounds.ts";
import { figureOf, ratioOf } from "../stats/summary.ts";
import type { Effort } from "./part.ts";

const ROUND_TRIP_MS = 1;
const PER_SECOND_OF_MEASURING = 100;
const LABELS = {
  ping: "SELECT 1",
  lease: "delivery, lease store",
  transaction: "delivery, same-transaction store and one statement of the handler",
} as const satisfies Record<PostgresMode | "ping", string>;
type Way = keyof typeof LABELS;

/** How often a delivery waits for PostgreSQL, one delivery at a time, over a link that is slower than everything else. */
export async function postgresLink({ rounds, seconds, runtime }: Effort): Promise<PartResult> {
  const server = await PostgresServer.start();
  const url = new URL(server.url);
  const link = await SlowLink.open(Number(url.port), ROUND_TRIP_MS);
  url.port = String(link.port);
  const child = await Child.start(builtFile("inside/postgres"), runtime);
  try {
    await child.ask("connect", { url: url.href });
    const names = Object.keys(LABELS) as Way[];
    const ask = (way: Way, count: number) => child.ask<number>("alone", { way, count });
    for (const way of names) await ask(way, PER_SECOND_OF_MEASURING);
    const found = await inRounds(names, rounds, (way) =>
      ask(way, Math.round(PER_SECOND_OF_MEASURING * seconds)),
    );
    const pings = found.get("ping") as number[];
    const trips = (way: Way) => ratioOf(found.get(way) as number[], pings);
    return {
      tables: [
        {
          title: `Postgres stores, one delivery at a time, over a link of ${ROUND_TRIP_MS} ms`,
          rowsAre: "what",
          columns: [
            { name: "of SELECT 1", unit: "ratio" },
            { name: "ms", unit: "ms" },
          ],
          rows: names.map((way) => ({
            label: LABELS[way],
            figures: [trips(way), figureOf(found.get(way) as number[])],
          })),
        },
      ],
      targets: [
        {
          // Two of the store's, one of the handler's, and what the receiver itself takes.
          what: "Postgres, same-transaction store: a delivery / SELECT 1, over a link of 1 ms",
          unit: "ratio",
          atMost: 3.75,
          found: trips("transaction"),
        },
      ],
      notes: [],
    };
  } finally {
    await child.stop();
    await link.close();
    await server.stop();
  }
}
