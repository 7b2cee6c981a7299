import type { PostgresOpaqueDatabase } from "../database.ts";

/** What this package needs of a `PrismaClient`. */
export interface PrismaClientLike<Tx> {
  /** Runs `work` in an interactive transaction. */
  $transaction<T>(
    work: (tx: Tx) => Promise<T>,
    options: { readonly isolationLevel: "ReadCommitted"; readonly maxWait: number; readonly timeout: number },
  ): Promise<T>;
}

/** What this package needs of `Prisma.TransactionClient`. */
export interface PrismaTransactionLike {
  /** Runs one statement and resolves with its rows. */
  $queryRaw<T>(strings: TemplateStringsArray, ...values: unknown[]): PromiseLike<T>;
}

/** Options of {@link prismaDatabase}. */
export interface PrismaDatabaseOptions {
  /**
   * After how many milliseconds Prisma rolls a handler's transaction back and frees its connection. Default 60,000, longer
   * than the receiver waits for a handler; Prisma's own default is 5,000.
   */
  readonly transactionTimeoutMs?: number;
}

/** How long Prisma waits for a connection. The store itself gives up sooner, after its `timeoutMs`. */
const CONNECTION_WAIT_MS = 5_000;

/**
 * Prisma's transactions for `createPostgresTransactionalStore`: a handler's `tx` is a `Prisma.TransactionClient`. Prisma hides
 * its connections, so the store cannot close one that does not answer: let the timeouts of the driver adapter do that.
 *
 * @param prisma your client, with a driver adapter for `pg`
 *
 * @example
 * ```ts
 * const store = createPostgresTransactionalStore({ database: prismaDatabase(prisma) });
 * ```
 */
export function prismaDatabase<Tx extends PrismaTransactionLike>(
  prisma: PrismaClientLike<Tx>,
  { transactionTimeoutMs = 60_000 }: PrismaDatabaseOptions = {},
): PostgresOpaqueDatabase<Tx> {
  return {
    transaction: (work) =>
      prisma.$transaction(work, {
        isolationLevel: "ReadCommitted",
        maxWait: CONNECTION_WAIT_MS,
        timeout: transactionTimeoutMs,
      }),
    query: async (tx, strings, ...values) => tx.$queryRaw<unknown[]>(strings, ...values),
  };
}
