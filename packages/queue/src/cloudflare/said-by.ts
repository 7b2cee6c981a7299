const MAX_LENGTH = 300;

/** What a binding threw, as text. Cloudflare's own errors name limits and tables, and quote no values. */
export function saidBy(error: unknown): string {
  try {
    return String((error as { readonly message?: unknown } | null | undefined)?.message ?? error).slice(
      0,
      MAX_LENGTH,
    );
  } catch {
    return "an error without a readable message";
  }
}
