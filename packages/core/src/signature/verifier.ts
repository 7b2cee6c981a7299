import { toleranceFrom } from "../bounds.ts";
import { checkOptions } from "../check-options.ts";
import { isPromiseLike, type MaybePromise } from "../maybe-promise.ts";
import { Refusal, type RefusalCode } from "../refusal.ts";
import { checkHeaders, type SignedHeaders, type WebhookHeaders } from "./headers.ts";
import { keysFrom, keysInVariable, matchingKey, type Secrets, secretsInVariable } from "./keys.ts";
import { secretsIn } from "./secret.ts";

/** Options of {@link createVerifier}; they mean what they mean for a receiver. */
export interface VerifierOptions {
  /** Default: the environment variable `MINTFAX_WEBHOOK_SECRET`, where whitespace separates several. */
  readonly secret?: Secrets;
  /** Seconds, either way. Default 300. */
  readonly toleranceSeconds?: number;
}

/** Whether bytes are what mintfax signed. */
export type Verdict =
  | {
      readonly ok: true;
      readonly id: string;
      readonly attemptedAt: Date;
      /** Which of the secrets matched, counting from 0. */
      readonly secretIndex: number;
    }
  | { readonly ok: false; readonly code: RefusalCode; readonly message: string };

/** See {@link createVerifier}. */
export interface Verifier {
  /**
   * @param headers the three headers of Standard Webhooks, names in lower case
   * @param body the raw bytes, as they came
   * @returns a promise only where the platform has no synchronous HMAC; `await` serves both
   */
  verify(headers: WebhookHeaders, body: Uint8Array): MaybePromise<Verdict>;
}

/**
 * Verification alone, for bytes that come another way than by HTTP: from a queue, a file, a proxy.
 *
 * @throws {ConfigurationError} where the secret or the tolerance cannot work
 *
 * @example
 * ```ts
 * const verdict = await createVerifier({ secret }).verify(message.headers, message.bytes);
 * if (!verdict.ok) throw new Error(verdict.message);
 * ```
 */
export function createVerifier(options: VerifierOptions = {}): Verifier {
  checkOptions(options, ["secret", "toleranceSeconds"], "createVerifier()");
  const { secret } = options;
  let keys = secret === undefined ? keysInVariable() : keysFrom(secretsIn(secret, "secret"));
  const toleranceSeconds = toleranceFrom(options.toleranceSeconds);
  return {
    verify(headers, body) {
      const signed = checkHeaders(headers, Date.now(), toleranceSeconds);
      if (signed instanceof Refusal) return { ok: false, code: signed.code, message: signed.message };
      keys ??= keysFrom(secretsInVariable());
      const index = matchingKey(keys, signed, body);
      return isPromiseLike(index)
        ? index.then((secretIndex) => verdictOf(signed, secretIndex))
        : verdictOf(signed, index);
    },
  };
}

function verdictOf(signed: SignedHeaders, secretIndex: number): Verdict {
  if (secretIndex === -1) return { ok: false, code: "signature_mismatch", message: "No signature matches." };
  return { ok: true, id: signed.id, attemptedAt: new Date(Number(signed.timestamp) * 1000), secretIndex };
}
