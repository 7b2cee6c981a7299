import type { Call } from "../../simulation/call.ts";
import type { Delivery } from "../journal.ts";
import type { World } from "../world.ts";

/** What the engine spends on a settlement, and on a claim. */
const SETTLE_LIMIT_MS = 3_000;
const STORE_TIMEOUT_MS = 5_000;
const SETTLE_LEAST_MS = 2_490;
/** So much before its time a timer may go off, and a little is lost in fractions. */
const EARLY_MS = 1;

/** Holds every answer against what had really happened: the design's table, read backwards. */
export function judgeAnswers(world: World): void {
  for (const delivery of world.deliveries) {
    const why = faultIn(delivery, world);
    if (why !== undefined) world.violation("answer", `#${delivery.number}: ${why}`);
  }
  for (const process of world.processes) {
    if (process.diedMs <= world.nowMs) continue;
    const answered = world.deliveries.filter((of) => of.process === process && of.answer !== undefined);
    const records = world.records.filter((of) => of.process === process).length;
    if (records !== answered.length) {
      world.violation("answer", `${process.name}: ${records} records for ${answered.length} answers`);
    }
    const timedOut = answered.filter((of) => outcomeOf(of).outcome === "timed_out").length;
    const unrecorded = answered.filter((of) => outcomeOf(of).code === "complete_unavailable").length;
    const late = world.lateRecords.filter((of) => of.process === process).length;
    if (late !== timedOut + unrecorded) {
      world.violation(
        "answer",
        `${process.name}: ${late} late records for ${timedOut} that were timed out and ${unrecorded} unrecorded`,
      );
    }
  }
}

interface Said {
  readonly outcome: string;
  readonly code?: string;
  readonly id?: string;
}

function outcomeOf({ answer }: Delivery): Said {
  return JSON.parse(answer?.body ?? "{}") as Said;
}

function faultIn(delivery: Delivery, world: World): string | undefined {
  const { answer, arrivedMs, process, calls, runs, event } = delivery;
  if (answer === undefined || arrivedMs === undefined) {
    return process.diedMs <= world.nowMs ? undefined : "never answered";
  }
  if (runs.length > 1) return `${runs.length} handler runs`;
  const { deadlineMs } = world.scenario;
  const tookMs = answer.atMs - arrivedMs - process.pausedWithin(arrivedMs, answer.atMs);
  const pausedInAll = process.pausedWithin(arrivedMs, answer.atMs) > 0;
  // On waking, there is time for more tries.
  const wakeMs = pausedInAll ? STORE_TIMEOUT_MS * (1 + process.pauses.length) : 0;
  if (tookMs > deadlineMs + SETTLE_LIMIT_MS + wakeMs) return `answered after ${tookMs} ms`;

  const said = outcomeOf(delivery);
  if (said.outcome !== "refused" && said.id !== event.id) return `the answer is about ${said.id}`;
  const [run] = runs;
  const claims = calls.filter(({ command }) => command.do === "claim");
  const claim = claims.find(({ answeredMs }) => answeredMs !== undefined) ?? claims[0];
  if (claims.length > 2 * (1 + process.pauses.length)) return `${claims.length} claims`;
  // A claim that came through twice, since the store lost the first one, is given back by its own fence.
  const settlements = calls.filter(
    ({ command }) =>
      (command.do === "complete" || command.do === "release") && command.holder.fence === run?.fence,
  );
  const status = `${answer.status} ${said.code ?? said.outcome}`;
  const answers = (reply: string): boolean =>
    settlements.some((call) => call.reply === reply && call.answeredMs !== undefined);

  switch (status) {
    case "200 processed":
      if (run?.ended !== "ok") return `${status}, but its handler did not succeed`;
      return answers("ok") ? undefined : `${status}, but the store did not accept its completion`;
    case "200 complete_unavailable": {
      if (run?.ended !== "ok") return `${status}, but its handler did not succeed`;
      const heard = settlements.some(({ answeredMs = Number.POSITIVE_INFINITY }) => answeredMs < answer.atMs);
      // On waking, the first call may have been given up on before its answer is read.
      if (heard && !pausedInAll) return `${status}, but the store answered`;
      const triedMs = answer.atMs - (run.endMs ?? 0);
      const pausedMs = process.pausedWithin(run.endMs ?? 0, answer.atMs);
      if (triedMs - pausedMs > SETTLE_LIMIT_MS + EARLY_MS + wakeMs) return `${status} after ${triedMs} ms`;
      return triedMs >= SETTLE_LEAST_MS ? undefined : `${status} after only ${triedMs} ms`;
    }
    case "200 duplicate":
      if (run !== undefined) return `${status}, but its handler ran`;
      // What its own process has done, it need not ask the store for.
      if (claim === undefined)
        return hadEffect(world, delivery, { effectMs: arrivedMs }) ? undefined : `${status}, out of nothing`;
      if (!claims.some((call) => isState(call, "done")))
        return `${status}, but its claim was not answered "done"`;
      return hadEffect(
        world,
        delivery,
        claims.findLast((call) => isState(call, "done")),
      )
        ? undefined
        : `${status}, but no handler had succeeded before`;
    case "409 in_progress":
      if (run !== undefined) return `${status}, but its handler ran`;
      return claims.some((call) => isState(call, "pending"))
        ? undefined
        : `${status}, but its claim was not answered "pending"`;
    case "500 handler_failed":
      return run?.ended === "failed" ? undefined : `${status}, but its handler did not fail`;
    case "503 handler_timed_out": {
      const ranMs = (run?.endMs ?? Number.POSITIVE_INFINITY) - arrivedMs;
      return ranMs >= deadlineMs - EARLY_MS
        ? undefined
        : `${status}, but its handler ended after ${ranMs} ms`;
    }
    case "503 store_unavailable": {
      if (run !== undefined) return `${status}, but its handler ran`;
      if (tookMs > STORE_TIMEOUT_MS + EARLY_MS + wakeMs) return `${status} after ${tookMs} ms`;
      if (claims.some(({ fault }) => fault !== undefined)) return undefined;
      if (answer.atMs - arrivedMs >= deadlineMs - EARLY_MS) return undefined;
      const sentMs = claim?.sentMs ?? 0;
      const waitedMs = (claim?.answeredMs ?? Number.POSITIVE_INFINITY) - sentMs;
      return waitedMs >= Math.min(STORE_TIMEOUT_MS, arrivedMs + deadlineMs - sentMs) - EARLY_MS
        ? undefined
        : `${status}, but the store answered its claim`;
    }
    case "409 lease_lost":
      if (run?.ended === undefined) return `${status}, but its handler has not ended`;
      return answers("lost") ? undefined : `${status}, but the store accepted its settlement`;
    case "400 timestamp_too_old":
    case "400 timestamp_too_new":
      if (calls.length > 0) return `${status}, but the store was called`;
      return world.scenario.troubles.has("wrong wall clocks") || tooLate(delivery)
        ? undefined
        : `${status}, but the clocks agree`;
    default:
      return `answered with ${status}, which is in no row of the table`;
  }
}

function isState(call: Call | undefined, state: string): boolean {
  return typeof call?.reply === "object" && call.reply.state === state && call.answeredMs !== undefined;
}

function hadEffect(world: World, { event }: Delivery, claim: Pick<Call, "effectMs"> | undefined): boolean {
  return world.runs.some(
    (run) => run.delivery.event === event && run.ended === "ok" && (run.endMs ?? 0) <= (claim?.effectMs ?? 0),
  );
}

/** It lay in a paused process for longer than the tolerance. */
function tooLate({ sentMs, arrivedMs }: Delivery): boolean {
  return (arrivedMs ?? 0) - sentMs > 299_000;
}
