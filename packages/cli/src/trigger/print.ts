import { type Attempt, isAccepted } from "@mintfax-webhooks/testing";
import { type ReadAnswer, readAnswer } from "../output/answer.ts";
import { coloursFor } from "../output/colours.ts";
import { table } from "../output/table.ts";
import { duration, oneLine, spread, wrap } from "../output/text.ts";
import { adviceOn } from "../target/body-forms.ts";
import { hintFor } from "../target/hint.ts";
import { isUnhandled, noHandlerFor } from "../target/unhandled.ts";
import { asExpected, isRight, type Triggered } from "./triggered.ts";

/** For people. */
export function printText(triggered: Triggered): void {
  const { type, id, to, disguise, attempts } = triggered;
  const { bold, dim, green, red, yellow } = coloursFor(process.stdout);
  const lines = [
    spread([bold(oneLine(type)), oneLine(id), ...(disguise === undefined ? [] : [`(${disguise})`])]),
    dim(`to ${to.href}`),
    "",
  ];
  const unhandled = attempts.find((attempt) => isUnhandled(readAnswer(attempt)));
  const mark = !asExpected(triggered) ? red("✗") : unhandled === undefined ? green("✓") : yellow("!");
  const wrong = attempts.find((attempt) => !isRight(attempt, triggered));
  const [only] = attempts;
  if (attempts.length === 1 && only !== undefined) {
    const [status = "", ...rest] = summaryOf(readAnswer(only));
    lines.push(spread([`${mark} ${status}`, ...rest, dim(duration(only.durationMs))]));
    lines.push(...explanation(only, triggered));
  } else {
    lines.push(...tallyOf(attempts), "", `${mark} ${wrap(verdictOfMany(triggered), 2).trimStart()}`);
    const explained = wrong ?? unhandled;
    if (explained !== undefined) lines.push(...explanation(explained, triggered));
  }
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** For programs: one object. */
export function printJson(triggered: Triggered): void {
  const { type, id, to, disguise, attempts, forms } = triggered;
  const record = {
    type,
    id,
    to: to.href,
    sentAs: disguise ?? "genuine",
    asExpected: asExpected(triggered),
    attempts: attempts.map((attempt) => ({ ...readAnswer(attempt), durationMs: attempt.durationMs })),
    bodyForms: forms ?? null,
  };
  process.stdout.write(`${JSON.stringify(record)}\n`);
}

function summaryOf({ status, outcome, code }: ReadAnswer): string[] {
  if (status === null) return ["no answer"];
  return [String(status), outcome, code].filter((part) => part !== null);
}

function explanation(attempt: Attempt, { type, to, disguise, forms }: Triggered): string[] {
  const answer = readAnswer(attempt);
  const lines = answer.message === null ? [] : [wrap(answer.message, 2)];
  // A refusal that was asked for needs no advice.
  const hint = disguise === undefined ? hintFor(answer, to) : undefined;
  if (forms !== undefined) lines.push(adviceOn(forms));
  else if (hint !== undefined) lines.push(wrap(hint, 2));
  if (isUnhandled(answer)) lines.push(wrap(noHandlerFor(oneLine(type)), 2));
  if (disguise !== undefined && answer.outcome === null && (answer.status === 401 || answer.status === 403)) {
    lines.push(
      wrap(
        "If your receiver does not refuse with this status, something in front of it asks for credentials.",
        2,
      ),
    );
  }
  if (disguise !== undefined && isAccepted(attempt)) {
    lines.push(
      wrap(
        `The receiver accepted a ${disguise} delivery, so it does not verify signatures and timestamps.`,
        2,
      ),
    );
  }
  return lines;
}

function verdictOfMany(triggered: Triggered): string {
  const { attempts, disguise } = triggered;
  const wrong = attempts.filter((attempt) => !isRight(attempt, triggered)).length;
  if (wrong === 0)
    return disguise === undefined ? "All copies were answered correctly." : "All copies were refused.";
  return `${wrong} of ${attempts.length} copies were answered wrongly, for example:`;
}

function tallyOf(attempts: readonly Attempt[]): string[] {
  const durations = new Map<string, number[]>();
  for (const attempt of attempts) {
    const answer = summaryOf(readAnswer(attempt)).join("  ");
    durations.set(answer, [...(durations.get(answer) ?? []), attempt.durationMs]);
  }
  const rows = [...durations].map(([answer, times]) => {
    return [String(times.length), answer, duration(Math.min(...times)), duration(Math.max(...times))];
  });
  return table(
    [
      { heading: "copies", align: "right" },
      { heading: "answer", align: "left" },
      { heading: "fastest", align: "right" },
      { heading: "slowest", align: "right" },
    ],
    rows,
  );
}
