/** For values that foreign code has thrown or returned: reading them may throw, as with getters and revoked proxies. */

/** A member of anything; undefined where it cannot be read. */
export function memberOf(thing: unknown, name: string): unknown {
  try {
    return (thing as Readonly<Record<string, unknown>>)[name];
  } catch {
    return undefined;
  }
}

/** `instanceof`, which a proxy may make throw. */
export function isInstance<T>(thing: unknown, type: abstract new (...args: never[]) => T): thing is T {
  try {
    return thing instanceof type;
  } catch {
    return false;
  }
}
