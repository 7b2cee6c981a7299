import { ulid } from "ulid";

/** mintfax's reference calls ids of attempts and of requests ULIDs. */
export function ulidWith(prefix: string): string {
  return prefix + ulid();
}

/** A signing secret: 24 random bytes. */
export function newSecret(): string {
  return `whsec_${Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString("base64")}`;
}
