import type { Random } from "test-support/random";
import { Agenda, type Entry } from "./agenda.ts";
import type { SimulatedProcess } from "./process.ts";
import { type Clock, settled } from "./virtual-clock.ts";

/** A Tuesday, since timestamps are signed. */
export const EPOCH_MS = 1_747_173_605_000;

interface Timer {
  entry: Entry | undefined;
  unref(): void;
}

/** A rule that was broken, and how. */
export interface Violation<Rule extends string> {
  readonly rule: Rule;
  readonly what: string;
}

/** Processes and all that happens between them, in virtual time, one step at a time. */
export class Simulation<Rule extends string> implements Clock {
  readonly random: Random;
  readonly violations: Violation<Rule>[] = [];
  readonly trace: string[] | undefined;
  nowMs = 0;
  readonly #agenda: Agenda;
  #current: SimulatedProcess | undefined;

  /** @param traced whether to keep an account of what happens, for people to read */
  constructor(random: Random, traced: boolean) {
    this.random = random;
    this.#agenda = new Agenda(random);
    this.trace = traced ? [] : undefined;
  }

  get wallMs(): number {
    return Math.floor(EPOCH_MS + this.nowMs + (this.#current?.wallShiftMs ?? 0));
  }

  setTimeout(act: () => void, delayMs: number): object {
    const process = this.#current;
    if (process === undefined) throw new Error("a timer was set outside of every process");
    const timer: Timer = { entry: undefined, unref() {} };
    process.timers.add(timer);
    timer.entry = this.later(process, delayMs, () => {
      process.timers.delete(timer);
      act();
    });
    return timer;
  }

  clearTimeout(timer: object): void {
    const { entry } = timer as Timer;
    if (entry === undefined) return;
    entry.cancelled = true;
    entry.to?.timers.delete(timer);
  }

  /** @param to the process in which it happens, as long as that lives; undefined for the world outside */
  later(to: SimulatedProcess | undefined, delayMs: number, act: () => void): Entry {
    return this.#agenda.add(this.nowMs + delayMs, to, act);
  }

  /** @param what made only when it is read */
  note(what: () => string): void {
    this.trace?.push(`${(this.nowMs / 1_000).toFixed(3).padStart(9)}  ${what()}`);
  }

  violation(rule: Rule, what: string): void {
    this.note(() => `!! ${rule}: ${what}`);
    this.violations.push({ rule, what });
  }

  /** Runs until nothing is left to happen, or until the time. @returns whether nothing is left */
  async run(untilMs: number): Promise<boolean> {
    for (;;) {
      const entry = this.#agenda.next();
      if (entry === undefined) return true;
      if (entry.atMs > untilMs) return false;
      const process = entry.to;
      this.nowMs = Math.max(this.nowMs, entry.atMs);
      if (process !== undefined) {
        if (process.diedMs <= this.nowMs) continue;
        if (process.pausedUntilMs > this.nowMs) {
          this.#agenda.postpone(entry, process.pausedUntilMs);
          continue;
        }
      }
      this.#current = process;
      entry.act();
      if (process !== undefined) await settled();
      this.#current = undefined;
      this.stepped();
    }
  }

  /** Called when a step, and all that follows from it at once, is over. */
  protected stepped(): void {}
}
