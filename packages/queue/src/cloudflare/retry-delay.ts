const FIRST_SECONDS = 10;
/** So that an event is worked on within the hour after what it needs is back. Cloudflare would take 12 hours. */
const MAX_SECONDS = 3_600;

/** How long to wait after an attempt: 10 s, doubled each time, up to an hour; less up to a half of it, by chance. */
export function retryDelaySeconds(attempt: number): number {
  const seconds = Math.min(FIRST_SECONDS * 2 ** (attempt - 1), MAX_SECONDS);
  // Messages that failed together are not tried again together.
  return Math.ceil(seconds * (0.5 + Math.random() / 2));
}
