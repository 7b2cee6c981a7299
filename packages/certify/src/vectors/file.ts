import type { Level } from "../result.ts";
import type { Setting } from "./draft.ts";
import { DRAFT_GROUPS } from "./groups.ts";

/** One request, and whether a receiver accepts it. */
export interface Vector {
  /** Stable over versions, such as `forged.body_changed`. */
  readonly id: string;
  readonly title: string;
  /** Whether the answer has to be 2xx. Otherwise it has to be another status. */
  readonly accepted: boolean;
  readonly level: Level;
  readonly why: string;
  readonly method: string;
  /** In their order. A name may come twice. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The bytes of the body. */
  readonly bodyHex: string;
}

/** `vectors.json` of this package. */
export interface VectorFile {
  /** Grows when the meaning of a member changes. Vectors are added without that. */
  readonly version: 1;
  /** The secret that all of them are for. It is not a secret of mintfax. */
  readonly secret: string;
  /** The time at which they are received, in Unix seconds. */
  readonly nowSeconds: number;
  readonly toleranceSeconds: 300;
  readonly vectors: readonly Vector[];
}

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
const NOW_SECONDS = 1_747_173_605;

/**
 * What `@mintfax-webhooks/certify/vectors.json` holds, for a test of a verifier in any language: give it the secret, set its
 * clock to `nowSeconds`, and compare.
 *
 * @example
 * ```ts
 * for (const { id, accepted, headers, bodyHex } of vectorFile().vectors) {
 *   test(id, () => expect(verify(headers, Buffer.from(bodyHex, "hex"))).toBe(accepted));
 * }
 * ```
 */
export function vectorFile(): VectorFile {
  let ids = 0;
  const setting: Setting = {
    secret: SECRET,
    nowSeconds: NOW_SECONDS,
    newId: () => `evt_${String(++ids).padStart(22, "0")}`,
  };
  const vectors = DRAFT_GROUPS.flatMap((group) =>
    group.drafts.map(({ id, title, accepted, level, why, request }): Vector => {
      const { method, headers, body } = request(setting);
      return {
        id: `${group.id}.${id}`,
        title,
        accepted,
        level,
        why,
        method,
        headers,
        bodyHex: Buffer.from(body).toString("hex"),
      };
    }),
  );
  return { version: 1, secret: SECRET, nowSeconds: NOW_SECONDS, toleranceSeconds: 300, vectors };
}
