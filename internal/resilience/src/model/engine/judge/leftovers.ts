import { settled } from "../../simulation/virtual-clock.ts";
import type { World } from "../world.ts";

/** When nothing is left to happen, nothing may be left. */
export async function judgeLeftovers(world: World): Promise<void> {
  const alive = world.processes.filter((process) => process.diedMs > world.nowMs);
  for (const process of alive) {
    process.receiver.drain().then(() => {
      process.drained = true;
    });
  }
  await settled();
  for (const { name, timers, drained } of alive) {
    if (timers.size > 0) world.violation("left over", `${name} has ${timers.size} timers left`);
    if (!drained) world.violation("stuck", `drain() of ${name} does not resolve`);
  }
  for (const event of world.events) {
    const { phase, owner } = world.store.stateOf(event.id);
    if (phase !== "pending" || world.store.isLost(event.id)) continue;
    const holder = world.store.deliveryOf(owner);
    if (holder === undefined || holder.process.diedMs <= world.nowMs) continue;
    // A process that was told of its claim has to settle it; whether that call succeeds is not up to it.
    const told = holder.calls.some(
      ({ reply, answeredMs }) =>
        typeof reply === "object" && reply.state === "claimed" && answeredMs !== undefined,
    );
    const tried = holder.calls.some(
      ({ command, fault }) => (command.do === "complete" || command.do === "release") && fault !== undefined,
    );
    if (told && !tried)
      world.violation("left over", `#${holder.number} has ended and still holds ${event.id}`);
  }
}
