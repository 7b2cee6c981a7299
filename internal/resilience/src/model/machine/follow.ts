import type { Holder } from "@mintfax-webhooks/core/store";
import type { Command, Reply } from "./command.ts";

/**
 * The state machine of one key, as the design draws it:
 *
 * ```text
 * ABSENT, RELEASED, or PENDING past its lease --claim--> PENDING(owner, fence+1, leaseUntil)
 * PENDING --renew | complete | release--> only for the holder of that fence; anyone else gets "lost"
 * ABSENT or RELEASED --release--> unchanged, "ok"
 * DONE --until retention ends--> every claim answers "done"
 * ```
 */
export interface KeyState {
  readonly phase: "absent" | "pending" | "released" | "done";
  /** The newest holder, also of what is released or done. */
  readonly owner: string;
  readonly fence: number;
  /** PENDING: the end of the lease. DONE: the end of retention. On the store's clock. */
  readonly untilMs: number;
  /** Until when the store has to know the fence: it may forget a row a retention after its last change. */
  readonly knownUntilMs: number;
}

/** What a key may be besides, once the store need not know it any more: a row may be kept, or be gone. */
export function orGone(state: KeyState, nowMs: number): KeyState[] {
  return nowMs >= state.knownUntilMs && state !== ABSENT ? [state, ABSENT] : [state];
}

export const ABSENT: KeyState = { phase: "absent", owner: "", fence: 0, untilMs: 0, knownUntilMs: 0 };

/**
 * The states in which the key may be after a command that was answered so; or what the answer should have been.
 *
 * @param nowMs the store's clock
 */
export function follow(
  state: KeyState,
  command: Command,
  reply: Reply,
  nowMs: number,
  retentionMs: number,
): KeyState[] | string {
  switch (command.do) {
    case "claim":
      return claimed(state, command.owner, command.leaseMs, reply, nowMs, retentionMs);
    case "renew": {
      if (!isHeldBy(state, command.holder)) return unchanged(state, reply, "lost");
      if (reply !== "ok") return "ok";
      return [{ ...state, untilMs: nowMs + command.leaseMs, knownUntilMs: nowMs + retentionMs }];
    }
    case "complete":
      if (isHeldBy(state, command.holder)) {
        if (reply !== "ok") return "ok";
        return [doneFrom(state, nowMs, retentionMs)];
      }
      // Who guesses the fence of a finished event learns nothing by being told "ok", and nothing changes.
      if (state.phase === "done" && state.fence === command.holder.fence) {
        if (state.owner !== command.holder.owner)
          return reply === "ok" || reply === "lost" ? [state] : "lost";
        // Repeatable by who did it. Some stores count the retention from the last repetition.
        return reply === "ok" ? [state, doneFrom(state, nowMs, retentionMs)] : "ok";
      }
      return unchanged(state, reply, "lost");
    case "release":
      // All that it asks for: it may be the repetition of one that counted.
      if (state.phase === "absent" || state.phase === "released") return unchanged(state, reply, "ok");
      if (!isHeldBy(state, command.holder)) return unchanged(state, reply, "lost");
      return reply === "ok" ? [{ ...state, phase: "released", knownUntilMs: nowMs + retentionMs }] : "ok";
    case "forget":
      if (state.phase === "pending" && nowMs < state.untilMs) return unchanged(state, reply, "pending");
      if (state.phase !== "done" || nowMs >= state.untilMs) return unchanged(state, reply, "absent");
      return reply === "forgotten"
        ? [{ ...state, phase: "released", knownUntilMs: nowMs + retentionMs }]
        : "forgotten";
  }
}

function isHeldBy(state: KeyState, { owner, fence }: Holder): boolean {
  return state.phase === "pending" && state.owner === owner && state.fence === fence;
}

function doneFrom(state: KeyState, nowMs: number, retentionMs: number): KeyState {
  const untilMs = nowMs + retentionMs;
  return { ...state, phase: "done", untilMs, knownUntilMs: untilMs };
}

function unchanged(state: KeyState, reply: Reply, expected: Reply): KeyState[] | string {
  return reply === expected ? [state] : JSON.stringify(expected);
}

function claimed(
  state: KeyState,
  owner: string,
  leaseMs: number,
  reply: Reply,
  nowMs: number,
  retentionMs: number,
): KeyState[] | string {
  const granted = typeof reply === "object" && reply.state === "claimed" ? reply.fence : undefined;
  const again = state.phase === "pending" && state.owner === owner;
  const refusal = again || nowMs >= state.untilMs ? undefined : refusalIn(state);
  if (refusal !== undefined) {
    return typeof reply === "object" && reply.state === refusal
      ? [state]
      : JSON.stringify({ state: refusal });
  }
  const expected = again
    ? `{"state":"claimed","fence":${state.fence}}`
    : `{"state":"claimed"} with a new fence above ${state.fence}`;
  if (granted === undefined || !Number.isSafeInteger(granted)) return expected;
  const isNew = granted > state.fence || nowMs >= state.knownUntilMs;
  if (again ? granted !== state.fence : !isNew) return expected;
  const untilMs = nowMs + leaseMs;
  // Some stores count the retention from the claim, some from the end of the lease; the shorter one is all they owe.
  return [{ phase: "pending", owner, fence: granted, untilMs, knownUntilMs: nowMs + retentionMs }];
}

function refusalIn(state: KeyState): "pending" | "done" | undefined {
  return state.phase === "pending" || state.phase === "done" ? state.phase : undefined;
}
