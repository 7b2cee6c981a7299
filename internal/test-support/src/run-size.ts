/** How much of a long test to run: `some` of it in `pnpm test`, `all` of it in `pnpm test:all`, as CI does. */
export function runSize(some: number, all: number): number {
  return process.env.TEST_ALL === "true" ? all : some;
}
