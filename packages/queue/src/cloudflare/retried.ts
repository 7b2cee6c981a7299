/** Of a message that was sent anew to be tried again later: Cloudflare counts its attempts from 1. */
export interface Retried {
  /** Attempts before it was sent anew. */
  readonly attempts: number;
  /** When it was first sent, in Unix milliseconds. */
  readonly sinceMs: number;
}

/** Undefined for a message that was not sent anew. */
export function retriedFrom(message: unknown): Retried | undefined {
  const { attempts, sinceMs } = Object(Object(message).retried) as Record<string, unknown>;
  const isWell = [attempts, sinceMs].every((value) => Number.isSafeInteger(value) && (value as number) >= 0);
  return isWell ? { attempts: attempts as number, sinceMs: sinceMs as number } : undefined;
}
