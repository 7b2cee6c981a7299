/** The shortest retention that a store accepts, in milliseconds: longer than all of mintfax's own attempts together. */
export const RETENTION_FLOOR_MS = 3_600_000;

/** Retentions that a store refuses: below the shortest one, or not a number. */
export const REFUSED_RETENTIONS_MS: readonly number[] = [RETENTION_FLOOR_MS - 1, 0, -1, Number.NaN];

export const MINUTE_MS = 60_000;
