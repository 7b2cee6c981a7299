/** One line on standard error. A console that was replaced may throw. */
export function print(line: string): void {
  try {
    console.error(`mintfax-webhooks: ${line}`);
  } catch {
    // There is nowhere left to say it.
  }
}
