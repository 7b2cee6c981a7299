import type { Command, Reply } from "../machine/command.ts";
import { follow, type KeyState, orGone } from "../machine/follow.ts";

/** A command and its answer. */
export interface Exchange {
  readonly command: Command;
  readonly reply: Reply;
}

/**
 * The states in which a key may be after commands that were sent at once: each must have taken effect at some moment,
 * one after another, in any order. None where no order explains the answers.
 *
 * @param turnsAway whether a claim that meets another call may be refused with `pending`, and so may `forget`
 */
export function statesAfter(
  states: readonly KeyState[],
  exchanges: readonly Exchange[],
  nowMs: number,
  retentionMs: number,
  turnsAway: boolean,
): KeyState[] {
  const after = new Map<string, KeyState>();
  const explained = turnsAway ? [exchanges, withoutTurnedAway(exchanges)] : [exchanges];
  for (const state of states) {
    for (const order of explained.flatMap(ordersOf)) {
      for (const next of statesInOrder(state, order, nowMs, retentionMs))
        after.set(JSON.stringify(next), next);
    }
  }
  return [...after.values()];
}

function statesInOrder(
  state: KeyState,
  order: readonly Exchange[],
  nowMs: number,
  retentionMs: number,
): readonly KeyState[] {
  let states: readonly KeyState[] = [state];
  for (const { command, reply } of order) {
    states = states
      .flatMap((known) => orGone(known, nowMs))
      .flatMap((each) => {
        const next = follow(each, command, reply, nowMs, retentionMs);
        return typeof next === "string" ? [] : next;
      });
  }
  return states;
}

/** Who was refused with `pending` has changed nothing. */
function withoutTurnedAway(exchanges: readonly Exchange[]): readonly Exchange[] {
  const locking = exchanges.filter(({ command }) => command.do === "claim" || command.do === "forget");
  if (exchanges.length < 2 || locking.length === 0) return exchanges;
  return exchanges.filter(
    ({ reply }) => reply !== "pending" && !(typeof reply === "object" && reply.state === "pending"),
  );
}

function ordersOf<T>(list: readonly T[]): T[][] {
  if (list.length < 2) return [[...list]];
  return list.flatMap((first, at) =>
    ordersOf(list.filter((_, other) => other !== at)).map((rest) => [first, ...rest]),
  );
}
