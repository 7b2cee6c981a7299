/** A member that is a text, or undefined. */
export function textIn(value: unknown, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const member = (value as Readonly<Record<string, unknown>> | null | undefined)?.[name];
    if (typeof member === "string") return member;
  }
  return undefined;
}

/** Method and URL, where they are known. */
export function target(
  method: string | undefined,
  url: string | undefined,
): { readonly method?: string; readonly url?: string } {
  return { ...(method === undefined ? {} : { method }), ...(url === undefined ? {} : { url }) };
}
