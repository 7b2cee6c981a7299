let last: unknown;

/** Takes what a handler was given, so that no compiler can find out that nothing needs it. */
export function use(value: unknown): void {
  last = value;
}

export function lastUsed(): unknown {
  return last;
}
