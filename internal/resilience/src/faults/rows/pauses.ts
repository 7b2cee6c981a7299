import { createMysqlStore, type MysqlOperations } from "@mintfax-webhooks/mysql";
import { createPostgresStore } from "@mintfax-webhooks/postgres";
import { gate } from "test-support/gate";
import type { Scene } from "../conductor/scene.ts";
import { onMysql, onPostgres } from "../conductor/store-server.ts";
import { staleSettlements } from "../judge/stale.ts";
import type { Deed } from "../receiver/points.ts";
import { nowMs, sleep } from "../terms.ts";
import { FILES, LEASED, type Row, SHARED, TRANSACTIONAL } from "./row.ts";

/** To end what hangs: a busy machine takes long. */
const PATIENCE_MS = 120_000;
const RETRY_EVERY_MS = 500;

/**
 * One receiver stops with all of its handlers at the same point; the other one takes its events over. When the first
 * one goes on, half of them have been completed by the other, and half are just being handled by it.
 */
function pauseAt(point: "in-handler" | "after-effect"): Row["play"] {
  return async (scene) => {
    const count = scene.size(40, 10);
    const heedsFence = point === "in-handler";
    await scene.cast(1, { workMs: 0, heedsFence });
    const [first] = scene.actors;
    if (first === undefined) throw new Error("no process was chosen");

    const asked = new Set<string>();
    const taken = new Set<string>();
    const pause = gate();
    const wake = gate();
    scene.onAsk = async (receiver, _point, id): Promise<Deed> => {
      if (receiver === first.process) {
        asked.add(id);
        await pause.promise;
        return "go";
      }
      taken.add(id);
      // A fence cannot shut out a stale effect that comes before the newer one, so there the other is always done first.
      if (!heedsFence && taken.size % 2 === 0) await wake.promise;
      return "go";
    };
    // In same-transaction mode, as many as the pool has connections.
    const isTransactional = TRANSACTIONAL.includes(scene.kind);
    await scene.load({ count: isTransactional ? 10 : count, perSecond: 400, mark: () => point });
    await scene.until("all handlers stand still", () => asked.size === scene.traffic.events, PATIENCE_MS);

    first.process.signal("SIGSTOP");
    const span = { pid: first.process.pid, from: nowMs(), to: Number.POSITIVE_INFINITY };
    scene.doings.pauses.push(span);
    pause.open();
    await scene.enter();
    scene.door.remove(first.process.port);
    if (isTransactional) await endTransactions(scene, asked);
    const takenOver = () => taken.size === asked.size;
    const retrying = retryUntil(takenOver, scene, (id) => !taken.has(id));
    await scene.until("the other takes all over", takenOver, PATIENCE_MS);
    await scene.until(
      "the other completes its half",
      () => completedBy(scene) >= taken.size / 2,
      PATIENCE_MS,
    );
    // Before it wakes, so that all that it writes then is later.
    span.to = nowMs();
    first.process.signal("SIGCONT");
    await scene.until("the first one settles", () => staleBy(scene) >= asked.size, PATIENCE_MS);
    wake.open();
    await retrying;
    const { refused } = staleSettlements(scene.ledger());
    if (refused < asked.size)
      scene.problems.push(`only ${refused} of ${asked.size} stale settlements were refused`);
    return `${asked.size} handlers for ${((span.to - span.from) / 1_000).toFixed(1)} s`;
  };
}

/** What an operator does to sessions that have stopped, or the server once they have been silent for 60 s. */
async function endTransactions({ kind, server }: Scene, ids: Iterable<string>): Promise<void> {
  const end = async (store: Pick<MysqlOperations, "endTransaction">): Promise<void> => {
    for (const id of ids) await store.endTransaction({ namespace: "mintfax", id });
  };
  if (kind === "mysql tx") await onMysql(server.url, (pool) => end(createMysqlStore({ pool })));
  else await onPostgres(server.url, (pool) => end(createPostgresStore({ pool })));
}

function completedBy(scene: Scene): number {
  return scene.ledger().filter(({ what, settle, result }) => {
    return what === "settled" && settle === "complete" && result === "ok";
  }).length;
}

/** Stale settlements, however they were answered. */
function staleBy(scene: Scene): number {
  const { accepted, refused } = staleSettlements(scene.ledger());
  return accepted.length + refused;
}

/** A person presses "Retry now": when the schedule's next attempt comes depends on how busy the machine is. */
async function retryUntil(holds: () => boolean, scene: Scene, which: (id: string) => boolean): Promise<void> {
  const endMs = nowMs() + PATIENCE_MS;
  while (!holds() && nowMs() < endMs) {
    await sleep(RETRY_EVERY_MS);
    await scene.traffic.retryNow(which);
  }
}

export const PAUSES: readonly Row[] = [
  {
    fault: "SIGSTOP past the lease, after the effect",
    stores: SHARED,
    inShort: true,
    play: pauseAt("after-effect"),
  },
  {
    fault: "SIGSTOP past the lease, before it, fenced",
    stores: [...LEASED, ...FILES],
    inShort: false,
    play: pauseAt("in-handler"),
  },
];
