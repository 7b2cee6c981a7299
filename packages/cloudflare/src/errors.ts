import {
  MintfaxWebhookError,
  StoreMisconfiguredError,
  StoreUnavailableError,
} from "@mintfax-webhooks/core/store";

/** Errors of Cloudflare that last until a person changes something, and what to change. */
const FIXES: readonly (readonly [RegExp, string])[] = [
  [
    /no such table: (main\.)?mintfax_dedup/,
    "The D1 database has no table mintfax_dedup. Run npx wrangler d1 execute <database> --remote --file " +
      "node_modules/@mintfax-webhooks/cloudflare/d1.sql (--local for wrangler dev), or call migrate() of the store.",
  ],
  [
    /no such column|has no column named/,
    "The table mintfax_dedup of the D1 database has other columns than the one in d1.sql. Rename it, and create the table " +
      "from d1.sql.",
  ],
  [
    /does not implement the method|is not a function|does not support RPC|doesn't extend/,
    "The binding leads to a class other than MintfaxDedup, or the compatibility_date is before 2024-04-03. Export MintfaxDedup from " +
      'the Worker\'s main module, set it as class_name of the binding in wrangler.jsonc, and list it in "migrations".',
  ],
  [
    /SQLite|storage\.kv|reading '(get|put)'/,
    'The class MintfaxDedup has no SQLite storage. List it under "new_sqlite_classes", not "new_classes", in "migrations" of ' +
      "wrangler.jsonc; a class that was deployed without it needs another name.",
  ],
];

/**
 * Makes an error of a store from what Cloudflare threw.
 *
 * @param asked what was called, as the start of a sentence
 */
export function storeErrorFrom(asked: string, error: unknown): MintfaxWebhookError {
  if (error instanceof MintfaxWebhookError) return error;
  const said = messageOf(error);
  const fix = FIXES.find(([pattern]) => pattern.test(said))?.[1];
  if (fix !== undefined)
    return new StoreMisconfiguredError(`${fix} Cloudflare says: ${said}`, { cause: error });
  return new StoreUnavailableError(`${asked} failed: ${said}`, { cause: error });
}

/** For an answer that the store's code does not give. It does not say "done" or "lost". */
export function unknownAnswer(asked: string): StoreUnavailableError {
  return new StoreUnavailableError(`${asked} has answered with a value that the store's code never returns.`);
}

const MESSAGE_LIMIT = 300;

/** A binding may throw any value, and a getter of it may throw. */
function messageOf(error: unknown): string {
  try {
    const said = String((error as { readonly message?: unknown } | null | undefined)?.message ?? error);
    return said.slice(0, MESSAGE_LIMIT);
  } catch {
    return "an error without a readable message";
  }
}
