const SHOWN_DIGITS = 4;
/** Characters. The last four digits would be most of a shorter number. */
const SHORTEST_MASKED = 9;

/** The last four digits of a fax number: enough to tell two numbers apart, too few to dial. */
export function maskNumber(number: string): string {
  return number.length < SHORTEST_MASKED ? "•••" : `•••${number.slice(-SHOWN_DIGITS)}`;
}
