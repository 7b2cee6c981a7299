import type { Claim, Forgetting, Settlement } from "@mintfax-webhooks/core/store";
import type { Answers } from "./answers.ts";
import { wholeMs } from "./options.ts";

/** What is asked of one key. */
export interface Step<Answer> {
  readonly key: string;
  /** As the script takes it. */
  readonly asked: string;
  readonly owner: string;
  readonly kind: Kind<Answer>;
}

/** What the script's integers mean. */
export interface Kind<Answer> {
  readonly answers: Answers;
  read(answer: number): Answer;
}

const CLAIM: Kind<Claim> = {
  answers: { min: -1, max: Number.MAX_SAFE_INTEGER },
  read: (answer) =>
    answer > 0 ? { state: "claimed", fence: answer } : { state: answer === 0 ? "pending" : "done" },
};

const SETTLEMENT: Kind<Settlement> = {
  answers: { min: 0, max: 1 },
  read: (answer) => (answer === 1 ? "ok" : "lost"),
};

const FORGETTING: Kind<Forgetting> = {
  answers: { min: -1, max: 1 },
  read(answer) {
    if (answer === 0) return "absent";
    return answer > 0 ? "forgotten" : "pending";
  },
};

export function claim(key: string, owner: string, leaseMs: number): Step<Claim> {
  return { key, asked: `C${wholeMs(leaseMs)}`, owner, kind: CLAIM };
}

export function renewal(key: string, owner: string, fence: number, leaseMs: number): Step<Settlement> {
  return { key, asked: `N${fence} ${wholeMs(leaseMs)}`, owner, kind: SETTLEMENT };
}

export function completion(key: string, owner: string, fence: number): Step<Settlement> {
  return { key, asked: `D${fence}`, owner, kind: SETTLEMENT };
}

export function release(key: string, owner: string, fence: number): Step<Settlement> {
  return { key, asked: `R${fence}`, owner, kind: SETTLEMENT };
}

export function forgetting(key: string): Step<Forgetting> {
  return { key, asked: "F", owner: "", kind: FORGETTING };
}
