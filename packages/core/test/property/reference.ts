import type { HeaderValue, RefusalCode } from "@mintfax-webhooks/core";

/** The three headers, in the order in which they are looked at. */
export interface Headers {
  readonly "webhook-id": HeaderValue;
  readonly "webhook-timestamp": HeaderValue;
  readonly "webhook-signature": HeaderValue;
}

/**
 * What the documentation says about the three headers, character by character and without any regular expression: why
 * they are refused, or the signatures that are left to be compared.
 */
export function readHeaders(
  headers: Headers,
  nowSeconds: number,
  toleranceSeconds: number,
): RefusalCode | readonly string[] {
  const values: string[] = [];
  for (const value of Object.values(headers) as HeaderValue[]) {
    const list = value === undefined || value === null ? [] : typeof value === "string" ? [value] : value;
    if (list.length === 0 || (list.length === 1 && list[0] === "")) return "header_missing";
    if (list.length > 1 || list[0]?.includes(", ")) return "header_repeated";
    values.push(list[0] ?? "");
  }
  const [id = "", timestamp = "", signature = ""] = values;
  if (id.length > 256 || [...id].some((char) => char <= " " || char > "~" || char === "."))
    return "id_malformed";
  if (![...timestamp].every(isDigit) || timestamp.length > 15) return "timestamp_malformed";
  if (timestamp.length > 1 && timestamp.startsWith("0")) return "timestamp_malformed";
  const age = nowSeconds - Number(timestamp);
  if (age > toleranceSeconds) return "timestamp_too_old";
  if (-age > toleranceSeconds) return "timestamp_too_new";
  const tokens = signature.split(" ");
  if (signature.length > 2_048 || tokens.length > 16) return "signature_malformed";
  const good = tokens.filter((token) => token.startsWith("v1,") && isMac(token.slice(3)));
  return good.length === 0 ? "signature_malformed" : good.map((token) => token.slice(3));
}

/** 32 bytes in base64: 43 characters and one for padding. */
function isMac(text: string): boolean {
  if (text.length !== 44 || !text.endsWith("=")) return false;
  return [...text.slice(0, 43)].every(
    (char) => isDigit(char) || isLetter(char) || char === "+" || char === "/",
  );
}

function isDigit(char: string): boolean {
  return char >= "0" && char <= "9";
}

function isLetter(char: string): boolean {
  return (char >= "a" && char <= "z") || (char >= "A" && char <= "Z");
}
