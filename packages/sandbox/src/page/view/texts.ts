/** "12:04:31". */
export function timeOf(ms: number): string {
  return new Date(ms).toLocaleTimeString("en-GB");
}

/** "850 ms", "1.2 s", "16 min 40 s". */
export function durationOf(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

const SHOWN_DIGITS = 4;

/** Enough to tell two numbers apart, too few to dial. */
export function maskNumber(number: string): string {
  return `•••${number.slice(-SHOWN_DIGITS)}`;
}

/** Every number in E.164 form in a text, masked. */
export function maskNumbersIn(text: string): string {
  return text.replaceAll(/\+[1-9]\d{6,14}/g, maskNumber);
}

/** What lets others in is not for a screen that is shared. "Copy as curl" has it. */
export function maskCredentials(header: string, value: string): string {
  return /^(proxy-)?authorization$|^cookie$/i.test(header) ? "•••" : value;
}

export function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}
