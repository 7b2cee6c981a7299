import type { HandlerContext } from "@mintfax-webhooks/core";
import type { Random } from "test-support/random";
import type { Delivery, Run } from "./journal.ts";
import type { World } from "./world.ts";

/** What a handler will do, decided when it starts. An effect comes at most once, and never after a failure. */
interface Plan {
  readonly effectAfterMs: number;
  readonly endAfterMs: number;
  readonly fails: boolean;
  /** Gives up when its signal is aborted before the effect. */
  readonly obeys: boolean;
}

export function handlerIn(world: World) {
  return (_: unknown, context: HandlerContext<Delivery>): unknown => {
    const delivery = context.platform;
    const { nowMs } = world;
    const run: Run = {
      delivery,
      fence: context.fence,
      startMs: nowMs,
      generation: delivery.calls.find(({ answeredMs }) => answeredMs !== undefined)?.generation ?? 0,
    };
    delivery.runs.push(run);
    world.runs.push(run);
    const plan = drawPlan(world.random, world);
    world.note(
      () =>
        `  the handler of #${delivery.number} starts, fence ${run.fence}; it will ${plan.fails ? "fail" : "end"} after ${plan.endAfterMs} ms`,
    );
    if (plan.endAfterMs === 0) {
      if (plan.fails) {
        end(world, run, "failed");
        throw new Error("as planned");
      }
      run.effectMs = nowMs;
      return end(world, run, "ok");
    }
    return new Promise<void>((resolve, reject) => {
      const fail = (error: unknown): void => {
        if (run.ended !== undefined) return;
        end(world, run, "failed");
        reject(error);
      };
      if (plan.obeys) {
        const { signal } = context;
        signal.addEventListener("abort", () => {
          if (run.effectMs === undefined) fail(signal.reason);
        });
      }
      world.later(delivery.process, plan.effectAfterMs, () => {
        if (run.ended !== undefined || plan.fails) return;
        run.effectMs = world.nowMs;
        world.note(() => `  the handler of #${delivery.number} has its effect`);
      });
      world.later(delivery.process, plan.endAfterMs, () => {
        if (plan.fails) return fail(new Error("as planned"));
        if (run.ended !== undefined) return;
        // What was drawn for one moment may come in either order.
        run.effectMs ??= world.nowMs;
        end(world, run, "ok");
        resolve();
      });
    });
  };
}

function end(world: World, run: Run, how: "ok" | "failed"): void {
  run.endMs = world.nowMs;
  run.ended = how;
  world.note(() => `  the handler of #${run.delivery.number} ${how === "ok" ? "is through" : "fails"}`);
}

function drawPlan(random: Random, { scenario, nowMs }: World): Plan {
  const { troubles, deadlineMs, leaseMs, horizonMs } = scenario;
  const calm = nowMs >= horizonMs;
  const long = !calm && troubles.has("long handlers") && random.chance(0.5);
  const endAfterMs = long
    ? random.pick([
        deadlineMs - 1,
        deadlineMs,
        deadlineMs + 1,
        leaseMs - 1,
        leaseMs,
        2 * leaseMs,
        3 * leaseMs + 7,
      ])
    : random.pick([0, 0, 1, 20, 900]);
  return {
    endAfterMs,
    effectAfterMs: random.pick([0, Math.floor(endAfterMs / 2), endAfterMs]),
    fails: !calm && troubles.has("failing handlers") && random.chance(0.5),
    obeys: random.chance(0.3),
  };
}
