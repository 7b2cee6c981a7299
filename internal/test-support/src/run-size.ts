/** How much of a long test to run: `some` of it in `pnpm test`, `all` of it in `pnpm test:all`, as CI does. */
export function runSize<T>(some: T, all: T): T {
  return process.env.TEST_ALL === "true" ? all : some;
}

/** The cases of a store's suite; those with a thousand events in `pnpm test:all` only. */
export function withoutThousands<Case extends { readonly name: string }>(
  cases: readonly Case[],
): readonly Case[] {
  const few = cases.filter(({ name }) => !/: 1,000 /.test(name));
  return runSize(few, cases);
}
