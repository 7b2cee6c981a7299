import { processName } from "./process-name.ts";

let process: string | undefined;
let count = 0;

/**
 * Unique over all processes and restarts: the name of the process, and a number within it. A store keeps it, so that a person
 * sees which process has a claim.
 */
export function newOwner(): string {
  // Not when the module loads: Cloudflare gives neither randomness nor the time outside a request.
  process ??= processName();
  count += 1;
  return `${process}.${count}`;
}
