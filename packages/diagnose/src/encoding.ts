/** Bytes to text and back, as Node's Buffer does it, on every runtime. */

/** More arguments at once overflow the stack. */
const CHUNK_BYTES = 8_192;

/** A character for each byte (ISO 8859-1). What TextDecoder calls "latin1" is Windows-1252. */
export function latin1Of(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    text += String.fromCharCode(...bytes.subarray(start, start + CHUNK_BYTES));
  }
  return text;
}

/** A byte for each character below 256. */
export function bytesOfLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}

export function base64Of(bytes: Uint8Array): string {
  return btoa(latin1Of(bytes));
}

/** Decodes as lenient decoders do: both alphabets, with or without padding, past characters that belong to neither. */
export function bytesOfBase64(text: string): Uint8Array {
  const [unpadded = ""] = text.split("=", 1);
  const digits = unpadded
    .replaceAll("-", "+")
    .replaceAll("_", "/")
    .replace(/[^A-Za-z0-9+/]/g, "");
  // One digit alone has six bits: not a byte.
  return bytesOfLatin1(atob(digits.length % 4 === 1 ? digits.slice(0, -1) : digits));
}

export function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

/** All of them in one. The parts come as a list, since a stranger's capture may have more of them than a call takes arguments. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let place = 0;
  for (const part of parts) {
    whole.set(part, place);
    place += part.length;
  }
  return whole;
}
