import type { Handler, HandlerContext } from "@mintfax-webhooks/core";
import type { WorkContext } from "@mintfax-webhooks/core/worker";
import type { Random } from "test-support/random";
import { Transaction } from "./database.ts";
import type { Delivery, Run, Task } from "./journal.ts";
import type { HandOffWorld } from "./world.ts";

interface Granted {
  readonly id: string;
  readonly fence: number;
  readonly tx?: unknown;
}

/** Notes what `handOff` does. */
export function observed(
  world: HandOffWorld,
  handler: Handler<
    { readonly type: string; readonly created: number },
    HandlerContext<Delivery, Transaction>
  >,
): Handler<{ readonly type: string; readonly created: number }, HandlerContext<Delivery, Transaction>> {
  return async (event, context) => {
    const run = begun(world, context.platform, context);
    try {
      await handler(event, context);
      ended(world, run, "ok");
    } catch (error) {
      ended(world, run, "failed");
      throw error;
    }
  };
}

/** What a handler of the worker will do, decided when it starts. */
interface Plan {
  readonly endAfterMs: number;
  readonly fails: boolean;
  /** Gives up when its signal is aborted before the effect. */
  readonly obeys: boolean;
}

/** Has one effect at its end: by itself, or with the transaction. */
export function workHandlerIn(world: HandOffWorld): Handler<unknown, WorkContext<Transaction>> {
  return (_event, context) => {
    const task = attemptOf(world, context);
    const run = begun(world, task, context);
    const { endAfterMs, fails, obeys } = drawPlan(world.random, world);
    world.note(() => `  ${task.name} will ${fails ? "fail" : "end"} after ${endAfterMs} ms`);
    return new Promise<void>((resolve, reject) => {
      const fail = (error: unknown): void => {
        if (run.ended !== undefined) return;
        ended(world, run, "failed");
        reject(error);
      };
      if (obeys) context.signal.addEventListener("abort", () => fail(context.signal.reason));
      world.later(task.process, endAfterMs, () => {
        if (run.ended !== undefined) return;
        if (fails) return fail(new Error("as planned"));
        const { tx } = context as Granted;
        const haveEffect = (): void => {
          run.effectMs = world.nowMs;
          world.note(() => `  ${task.name} has its effect`);
        };
        if (tx instanceof Transaction) tx.onCommit(haveEffect);
        else haveEffect();
        ended(world, run, "ok");
        resolve();
      });
    });
  };
}

/** Whose claim has this fence. */
function attemptOf(world: HandOffWorld, { id, fence, tx }: Granted): Task {
  if (tx instanceof Transaction) return tx.task;
  const own = world.attempts.filter(({ event }) => event.id === id);
  const claimant = own.find(({ calls }) =>
    calls.some(
      ({ reply }) => typeof reply === "object" && reply.state === "claimed" && reply.fence === fence,
    ),
  );
  // A worker without a claim: the newest attempt.
  return claimant ?? (own.at(-1) as Task);
}

function begun(world: HandOffWorld, task: Task, { fence, tx }: Granted): Run {
  const claim = task.calls.find(({ answeredMs }) => answeredMs !== undefined);
  const generation = tx instanceof Transaction ? tx.generation : (claim?.generation ?? 0);
  const run: Run = { task, fence, startMs: world.nowMs, generation };
  world.runs.push(run);
  world.note(() => `  the handler of ${task.name} starts, fence ${fence}`);
  return run;
}

function ended(world: HandOffWorld, run: Run, how: "ok" | "failed"): void {
  run.endMs = world.nowMs;
  run.ended = how;
  world.note(() => `  the handler of ${run.task.name} ${how === "ok" ? "is through" : "fails"}`);
}

function drawPlan(random: Random, world: HandOffWorld): Plan {
  const { workDeadlineMs, workLeaseMs } = world.scenario;
  const isLong = world.goesWrong("long handlers", 0.5);
  return {
    endAfterMs: isLong
      ? random.pick([workDeadlineMs - 1, workDeadlineMs + 1, workLeaseMs - 1, 2 * workLeaseMs])
      : random.pick([0, 1, 20, 900]),
    fails: world.goesWrong("failing handlers", 0.5),
    obeys: random.chance(0.3),
  };
}
