const SHOWN_DIGITS = 4;
/** Of a shorter one, the last digits would be most of it. */
const SHORTEST_MASKED = 9;

/** A fax number by its last four digits: enough to tell two apart, too little to dial. */
export function maskNumber(number: string): string {
  return number.length < SHORTEST_MASKED ? "•••" : `•••${number.slice(-SHOWN_DIGITS)}`;
}
