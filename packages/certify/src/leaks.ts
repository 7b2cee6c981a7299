import type { VectorRequest } from "./vectors/request.ts";
import { keyOf, macOf } from "./vectors/signing.ts";

/** What answers have told that no stranger may know. */
export class Leaks {
  /** Whether an answer has held the secret. */
  secret = false;
  /** Whether an answer has held the signature of a delivery that came without it. */
  signature = false;
  readonly #key: Uint8Array;
  readonly #ofSecret: readonly string[];

  constructor(secret: string) {
    this.#key = keyOf(secret);
    this.#ofSecret = [secret.slice("whsec_".length), Buffer.from(this.#key).toString("hex")];
  }

  /** Looks at the answer to a request. */
  look({ headers, body }: VectorRequest, answer: string): void {
    // PHP writes slashes of JSON with a backslash.
    const text = answer.replaceAll("\\/", "/");
    if (this.#ofSecret.some((form) => text.includes(form))) this.secret = true;
    const headerOf = (name: string): string => headers.find(([known]) => known === name)?.[1] ?? "";
    const mac = macOf(this.#key, headerOf("webhook-id"), headerOf("webhook-timestamp"), body);
    const forms = [mac.replace("=", ""), Buffer.from(mac, "base64").toString("hex")];
    const sent = headerOf("webhook-signature");
    // An answer may repeat what came.
    if (forms.some((form) => sent.includes(form.slice(0, form.length / 2)))) return;
    if (forms.some((form) => text.includes(form))) this.signature = true;
  }
}
