import { checkDelivery, type SignedDelivery } from "./signed-delivery.ts";

const ZERO = 0x30;
const NINE = 0x39;

/**
 * The same delivery with one byte of its body changed after signing. The body stays JSON: its last digit becomes the next
 * digit, and 9 becomes 8.
 *
 * @throws {TypeError} for a value that is not a signed delivery, and where the body has no digit
 *
 * @example
 * ```ts
 * await sender.send(tamper(signDelivery(event, { secret }))); // status 400
 * ```
 */
export function tamper(delivery: SignedDelivery): SignedDelivery {
  checkDelivery(delivery);
  const body = delivery.body.slice();
  const place = body.findLastIndex((byte) => byte >= ZERO && byte <= NINE);
  const digit = body[place];
  if (digit === undefined) throw new TypeError("The body has no digit to change.");
  // Upwards, since a JSON number must not start with a zero.
  body[place] = digit === NINE ? NINE - 1 : digit + 1;
  return { ...delivery, body };
}
