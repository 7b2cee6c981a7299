/**
 * Drops, at any depth, the keys that would reach a prototype when a handler merges the object: `__proto__`, and a
 * `constructor` that holds a `prototype`. `tags` hold what people typed.
 *
 * @param parsed of JSON. Changed in place, and without recursion: a body may nest 100,000 objects
 */
export function dropPrototypeKeys(parsed: unknown): void {
  const values: unknown[] = [parsed];
  for (const value of values) {
    if (!isObject(value)) continue;
    Reflect.deleteProperty(value, "__proto__");
    // What is inherited is a function, not an object.
    const made: unknown = value.constructor;
    if (isObject(made) && Object.hasOwn(made, "prototype")) Reflect.deleteProperty(value, "constructor");
    for (const member of Object.values(value)) values.push(member);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
