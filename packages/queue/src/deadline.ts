/** How long a handler of a worker may take, in milliseconds, unless `createWorker()` is told otherwise. */
export const DEADLINE_DEFAULT_MS = 900_000;
