import { SPELLINGS } from "./body/json-styles.ts";
import { UNPACKS } from "./body/unwrap.ts";
import type { HeadersReading } from "./headers/read.ts";
import type { SecretReading } from "./secret/reading.ts";

/** What a search tried, one line each. */
export function whatWasTried(
  headers: HeadersReading,
  ids: readonly string[],
  secret: SecretReading,
  bodies: number,
  isCut: boolean = false,
): string[] {
  const secrets = secret.count === 1 ? "the secret" : `each of ${secret.count} secrets`;
  return [
    `${secrets}: decoded, leniently decoded, and its text as the key (${counted(secret.keys.length, "key", "keys")})`,
    `${counted(headers.tokens.length, "signature", "signatures")}, ${counted(ids.length, "id", "ids")} (of header and ` +
      `body), ${counted(headers.timestamps.length, "timestamp", "timestamps")}`,
    "what was signed: id.timestamp.body, timestamp.body, id.body, the body alone",
    "the body as it arrived; line ends, byte order marks, Latin-1, Windows-1252 and UTF-16 undone; taken out of " +
      `${UNPACKS ? "gzip, deflate, brotli, " : ""}forms, multipart, JSON strings, base64, printed buffers; as JSON in ` +
      `${SPELLINGS} spellings, and with its keys in mintfax's order: ${counted(bodies, "distinct body", "distinct bodies")}`,
    ...(isCut ? ["not all of these: the body is large, and the search stopped at its limit"] : []),
  ];
}

/** `1 key`, `2 keys`. */
function counted(number: number, one: string, many: string): string {
  return `${number.toLocaleString("en-US")} ${number === 1 ? one : many}`;
}
