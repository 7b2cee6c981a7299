import { type Faults, refuseIfAny } from "./problem.ts";

const PER_PAGE_DEFAULT = 25;
const PER_PAGE_MAX = 100;

/** One page of a list that is sorted from the newest. The names of the paging members are inferred. */
export interface Page<T> {
  readonly data: T[];
  /** Give it as `cursor` for the next page; null on the last one. */
  readonly next_cursor: string | null;
}

/** @throws {Problem} 422 for a `per_page` that is not 1 to 100 or a `cursor` that no page has given */
export function pageOf<Item extends { readonly id: string }, T>(
  items: readonly Item[],
  query: Readonly<Record<string, string>>,
  resourceOf: (item: Item) => T,
): Page<T> {
  const faults: Faults = {};
  const perPage = query.per_page === undefined ? PER_PAGE_DEFAULT : Number(query.per_page);
  if (!Number.isInteger(perPage) || perPage < 1 || perPage > PER_PAGE_MAX) {
    faults.per_page = [`Expected a whole number from 1 to ${PER_PAGE_MAX}.`];
  }
  // The cursor is the last item of the page before, so that new items do not move the pages.
  const after = query.cursor === undefined ? -1 : items.findIndex(({ id }) => id === query.cursor);
  if (query.cursor !== undefined && after === -1) faults.cursor = ["Expected the next_cursor of a page."];
  refuseIfAny(faults);
  const page = items.slice(after + 1, after + 1 + perPage);
  const isLast = after + 1 + perPage >= items.length;
  return { data: page.map(resourceOf), next_cursor: isLast ? null : (page.at(-1)?.id ?? null) };
}
