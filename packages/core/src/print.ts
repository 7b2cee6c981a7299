/** One line on standard error. A console that was replaced may throw. */
export function print(line: string): void {
  try {
    console.error(`mintfax-webhooks: ${line}`);
  } catch {
    // There is no other place to report it.
  }
}
