/** A JSON Schema of dialect 2020-12, as OpenAPI 3.1 takes it. */
export type Schema = Readonly<Record<string, unknown>>;

/** A schema for each member of a type of core: the compiler reports a member that one of the two does not have. */
export type SchemasOf<T> = { readonly [Member in keyof Required<T>]: Schema };

/** An object that mintfax may add members to. */
export function open<T>(properties: SchemasOf<T>, optional: readonly (keyof T & string)[] = []): Schema {
  const required = Object.keys(properties).filter((name) => !(optional as readonly string[]).includes(name));
  return { type: "object", required, properties };
}

export function nullable(schema: Schema): Schema {
  return { anyOf: [schema, { type: "null" }] };
}

export const TEXT: Schema = { type: "string" };
export const DATE_TIME: Schema = { type: "string", format: "date-time" };
export const WHOLE: Schema = { type: "integer", minimum: 0 };
/** Unix seconds. */
export const SECONDS: Schema = { type: "integer", description: "Unix seconds." };

/** Known values of an enumeration to which mintfax may add some. */
export function openEnum(...known: readonly string[]): Schema {
  return { type: "string", examples: known };
}

export function idWith(prefix: string): Schema {
  return { type: "string", pattern: `^${prefix}[0-9A-Za-z]+$` };
}

export function reference(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}
