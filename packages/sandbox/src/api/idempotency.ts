import { createHash } from "node:crypto";
import { Problem } from "./problem.ts";

const KEPT_MS = 24 * 3_600_000;
const KEPT_KEYS = 10_000;
const KEY_MAX_LENGTH = 255;

interface Kept {
  readonly fingerprint: string;
  readonly untilMs: number;
  readonly answer: Promise<unknown> | "running";
}

/** `Idempotency-Key`: for 24 hours the same call has the same answer (ai-agents, May 2026). */
export class Idempotency {
  readonly #kept = new Map<string, Kept>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /**
   * @param content what the call asks for
   * @throws {Problem} 409 where the key came with another call before
   */
  once<T>(key: string | null, content: unknown, act: () => T): T {
    if (key === null) return act();
    if (key === "" || key.length > KEY_MAX_LENGTH) {
      throw new Problem(
        422,
        "validation_failed",
        `Idempotency-Key has ${key.length} characters; expected 1 to ${KEY_MAX_LENGTH}.`,
        "fix_request",
      );
    }
    const nowMs = this.#nowMs();
    const fingerprint = createHash("sha256").update(JSON.stringify(content)).digest("base64");
    const before = this.#kept.get(key);
    if (before !== undefined && before.untilMs > nowMs) {
      if (before.fingerprint === fingerprint) return before.answer as T;
      throw new Problem(
        409,
        "idempotency_key_reuse",
        "This Idempotency-Key came with another request before. Use a new key for a new request.",
        "use_new_key",
      );
    }
    const answer = act();
    this.#kept.delete(key);
    this.#kept.set(key, { fingerprint, untilMs: nowMs + KEPT_MS, answer: answer as never });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT_KEYS && oldest !== undefined) this.#kept.delete(oldest);
    return answer;
  }
}
