import type { FaxErrorCode } from "@mintfax-webhooks/core";
import { afterFailure, sameCode } from "./error-codes.ts";
import { FaxLifeError } from "./fax-life-error.ts";
import type { FaxLifeOptions } from "./fax-life-options.ts";
import { type FaxOutcome, numberFailingWith, ORDINARY_NUMBER, refusalOf, scenarioOf } from "./sandbox.ts";

/** mintfax's own bounds and default (webhooks/events/fax-sending, May 2026). */
const MOST_ATTEMPTS = 5;
const DEFAULT_MAX_ATTEMPTS = 3;
/** As in mintfax's samples. */
const DEFAULT_PAGES = 3;

/** A life whose parts fit together. */
export interface FaxPlan {
  readonly to: string;
  readonly pages: number;
  readonly maxAttempts: number;
  readonly results: readonly (FaxErrorCode | null)[];
}

/** @throws {FaxLifeError} where the options leave no such life */
export function planOf(options: FaxLifeOptions): FaxPlan {
  const { to } = options;
  refuseUnless(refusalOf(to) === undefined, "no_events", () => {
    return `mintfax's API refuses a fax to ${named(to)} (${refusalOf(to)}), so there are no events. Use another number.`;
  });
  const scenario = scenarioOf(to);
  refuseUnless(isOutcome(options.outcome), "option_out_of_bounds", () => {
    return `\`outcome\` is ${JSON.stringify(options.outcome)}; expected "delivered" or "failed".`;
  });
  refuseUnless(isTime(options.queuedAt), "option_out_of_bounds", () => {
    return `\`queuedAt\` is ${options.queuedAt}; expected Unix seconds, as a whole number.`;
  });
  const outcome = options.outcome ?? scenario?.outcome ?? (options.errorCode ? "failed" : "delivered");
  agree(
    `\`outcome\` is "${outcome}"`,
    scenario?.outcome === undefined || scenario.outcome === outcome,
    () => {
      return `the sandbox's ${named(to)} is always ${scenario?.outcome}. Leave one of the two out.`;
    },
  );
  const errorCode = errorCodeOf(options, outcome);
  const { attempts, maxAttempts } = countsOf(options, outcome, errorCode);
  const pages = options.pages ?? scenario?.pages ?? DEFAULT_PAGES;
  wholeNumber("pages", pages, Number.MAX_SAFE_INTEGER);
  agree(`\`pages\` is ${pages}`, scenario?.pages === undefined || scenario.pages === pages, () => {
    return `the sandbox's ${named(to)} always has ${scenario?.pages}. Leave one of the two out.`;
  });
  const results: (FaxErrorCode | null)[] = Array(attempts).fill(errorCode);
  if (outcome === "delivered") results[attempts - 1] = null;
  const number = to ?? (outcome === "failed" ? numberFailingWith(errorCode) : ORDINARY_NUMBER);
  return { to: number, pages, maxAttempts, results };
}

/** Of the attempts that fail. */
function errorCodeOf({ to, errorCode }: FaxLifeOptions, outcome: FaxOutcome): FaxErrorCode {
  const played = scenarioOf(to)?.errorCode;
  const code = errorCode ?? played ?? "busy";
  agree(`\`errorCode\` is "${code}"`, played === undefined || sameCode(played, code), () => {
    return `the sandbox's ${named(to)} always fails with "${played}". Leave one of the two out.`;
  });
  const isFinal = outcome === "delivered" && afterFailure(code) === "gives up";
  agree(`\`errorCode\` is "${code}"`, !isFinal, () => {
    return 'mintfax makes no further attempt after it, so the fax cannot be delivered. Expected `outcome: "failed"`, or a code that is retried, such as "busy".';
  });
  return code;
}

function countsOf(
  options: FaxLifeOptions,
  outcome: FaxOutcome,
  errorCode: FaxErrorCode,
): { attempts: number; maxAttempts: number } {
  if (options.attempts !== undefined) wholeNumber("attempts", options.attempts, MOST_ATTEMPTS);
  if (options.maxAttempts !== undefined) wholeNumber("maxAttempts", options.maxAttempts, MOST_ATTEMPTS);
  return outcome === "failed" ? countsOfFailed(options, errorCode) : countsOfDelivered(options);
}

function countsOfFailed(options: FaxLifeOptions, errorCode: FaxErrorCode): ReturnType<typeof countsOf> {
  const then = afterFailure(errorCode);
  if (then === "gives up") {
    const { attempts = 1, maxAttempts = DEFAULT_MAX_ATTEMPTS } = options;
    agree(`\`attempts\` is ${attempts}`, attempts === 1, () => {
      return `mintfax makes no further attempt after "${errorCode}". Expected 1, or a code that is retried, such as "busy".`;
    });
    return { attempts, maxAttempts };
  }
  // `attempts` alone also sets how many there may be.
  const maxAttempts = options.maxAttempts ?? options.attempts ?? DEFAULT_MAX_ATTEMPTS;
  const attempts = options.attempts ?? maxAttempts;
  withinCap(attempts, maxAttempts);
  agree(`\`attempts\` is ${attempts}`, then === "unknown" || attempts === maxAttempts, () => {
    return `after "${errorCode}" mintfax tries again until \`maxAttempts\`, which is ${maxAttempts}. Leave one of the two out.`;
  });
  return { attempts, maxAttempts };
}

function countsOfDelivered({
  to,
  errorCode,
  attempts,
  maxAttempts,
}: FaxLifeOptions): ReturnType<typeof countsOf> {
  const played = scenarioOf(to)?.attempts;
  const count =
    attempts ?? (played === "from two on" || (played !== "one" && errorCode !== undefined) ? 2 : 1);
  const cap = maxAttempts ?? Math.max(count, DEFAULT_MAX_ATTEMPTS);
  withinCap(count, cap);
  agree(`\`attempts\` is ${count}`, played !== "one" || count === 1, () => {
    return `the sandbox's ${named(to)} is delivered by its first attempt. Leave one of the two out.`;
  });
  agree(`\`attempts\` is ${count}`, played !== "from two on" || count > 1, () => {
    return `the sandbox's ${named(to)} fails at its first attempt and is delivered by a later one. Expected 2 to ${MOST_ATTEMPTS}.`;
  });
  agree(`\`errorCode\` is "${errorCode}"`, errorCode === undefined || count > 1, () => {
    return 'the first attempt delivers the fax, so no attempt fails. Expected `outcome: "failed"`, or 2 attempts or more.';
  });
  return { attempts: count, maxAttempts: cap };
}

function withinCap(attempts: number, maxAttempts: number): void {
  agree(`\`attempts\` is ${attempts}`, attempts <= maxAttempts, () => {
    return `\`maxAttempts\` is ${maxAttempts}. Expected at most that many, from 1 to ${MOST_ATTEMPTS}.`;
  });
}

function wholeNumber(name: string, value: number, most: number): void {
  refuseUnless(Number.isInteger(value) && value >= 1 && value <= most, "option_out_of_bounds", () => {
    return `\`${name}\` is ${value}; expected a whole number from 1${most > MOST_ATTEMPTS ? "" : ` to ${most}`}.`;
  });
}

function isOutcome(outcome: unknown): boolean {
  return outcome === undefined || outcome === "delivered" || outcome === "failed";
}

function isTime(seconds: unknown): boolean {
  return seconds === undefined || Number.isSafeInteger(seconds);
}

function agree(given: string, holds: boolean, why: () => string): void {
  refuseUnless(holds, "options_contradict", () => `${given}, but ${why()}`);
}

function refuseUnless(holds: boolean, code: FaxLifeError["code"], message: () => string): void {
  if (!holds) throw new FaxLifeError(code, message());
}

/** A sandbox number by its end: no message of ours holds a whole phone number. */
function named(to: string | undefined): string {
  return `number ...${to?.slice(-4)}`;
}
