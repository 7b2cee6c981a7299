let process: string | undefined;
let count = 0;

/** Unique over all processes and restarts: a random part for the process, and a number within it. */
export function newOwner(): string {
  // Not when the module loads: Cloudflare gives no randomness outside a request.
  process ??= crypto.randomUUID();
  count += 1;
  return `${process}.${count}`;
}
