import { CatchUpError } from "../errors.ts";
import type { Notes } from "../notes.ts";
import type { CatchUpList, Tell } from "../steps.ts";
import type { Calls } from "./calls.ts";
import { membersOf, wholeFrom } from "./read.ts";

/** The most that `GET /faxes` takes; that `GET /webhooks/attempts` takes it too is inferred. */
const PER_PAGE = 100;

/** Shorter pages than this are the last ones, also where the answer does not say so. */
const PAGE_MIN_LENGTH = 10;

/** A list of mintfax's. */
export interface ListRequest {
  readonly list: CatchUpList;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}

/** What the reading of a list needs, and what it leaves behind. */
export interface PageSetting {
  readonly calls: Calls;
  readonly notes: Notes;
  readonly tell: Tell;
  readonly maxPages: number;
  /** Called where the list may go on behind what was read. @param isCutShort whether it certainly does */
  onIncomplete(isCutShort: boolean): void;
}

/** The parameters that lead to the next page; `"end"` on the last page; undefined where the answer does not say. */
type Next = Readonly<Record<string, string>> | "end" | undefined;

/** Reads a list page by page. How mintfax's answers name the next page is not documented: the usual names are tried. */
export async function* pagesOf(
  request: ListRequest,
  setting: PageSetting,
): AsyncGenerator<readonly unknown[]> {
  const { notes, tell, maxPages, onIncomplete } = setting;
  const { list } = request;
  const cutShort = (...note: Parameters<Notes["add"]>): void => {
    notes.add(...note);
    onIncomplete(true);
  };
  const read = readerOf(request, setting);
  const seen = new Set<string>();
  let before = "";
  let length = 0;
  let total = 0;
  let next: Next = {};
  for (let page = 1; typeof next === "object"; page += 1) {
    // A page may be longer than was asked for, and memory grows with entries.
    if (page > maxPages || total >= maxPages * PER_PAGE) {
      cutShort(
        "page_limit",
        `The list of ${list} goes on behind ${maxPages} pages of ${PER_PAGE} (maxPages); the rest was not read.`,
      );
      return;
    }
    const answer = await read(next);
    const entries = entriesOf(answer, request);
    const content = JSON.stringify([entries.length, idOf(entries[0]), idOf(entries.at(-1))]);
    next = nextOf(answer);
    const key = JSON.stringify(next);
    if (entries.length > 0 && content === before) {
      cutShort("page_repeated", `The list of ${list} had the same page twice; reading it ended there.`);
      return;
    }
    before = content;
    length = entries.length;
    total += length;
    await tell({ type: "read", list, entries: entries.length });
    yield entries;
    if (entries.length === 0) return;
    if (typeof next === "object" && seen.has(key)) {
      cutShort("page_repeated", `The list of ${list} led back to an earlier page; reading it ended there.`);
      return;
    }
    seen.add(key);
  }
  if (next === undefined && length >= PAGE_MIN_LENGTH) {
    notes.add(
      "paging_missing",
      `The answer with the list of ${list} does not say whether a page follows (no next_cursor, meta or links); it was taken for the last one.`,
    );
    onIncomplete(false);
  }
}

/** Asks for long pages, and for pages as mintfax makes them once it has refused that. */
function readerOf(
  { path, query, list }: ListRequest,
  { calls, notes }: PageSetting,
): (next: Readonly<Record<string, string>>) => Promise<unknown> {
  let size: Readonly<Record<string, string>> = { per_page: String(PER_PAGE) };
  return async (next) => {
    try {
      return await calls.get(path, { ...query, ...size, ...next });
    } catch (error) {
      const isRefused = error instanceof CatchUpError && (error.status === 400 || error.status === 422);
      if (!isRefused || size.per_page === undefined) throw error;
      size = {};
      const answer = await calls.get(path, { ...query, ...next });
      notes.add(
        "per_page_refused",
        `mintfax refused per_page=${PER_PAGE} for the list of ${list}; its own size of pages takes more requests.`,
      );
      return answer;
    }
  };
}

function entriesOf(answer: unknown, { path }: ListRequest): readonly unknown[] {
  const entries = Array.isArray(answer) ? answer : membersOf(answer).data;
  if (Array.isArray(entries)) return entries;
  const names = Object.keys(membersOf(answer)).filter((name) => /^\w{1,30}$/.test(name));
  throw new CatchUpError(
    "answer_not_understood",
    `GET ${path} was answered with JSON that has no list in "data" (it has ${names.slice(0, 5).join(", ") || "no members"}). ` +
      "A proxy may have answered in mintfax's place, or mintfax has changed its API.",
  );
}

function idOf(entry: unknown): unknown {
  return membersOf(entry).id;
}

/** The names that paging APIs use; mintfax's answers look like Laravel's, which has them at the top, in `meta` or in `links`. */
function nextOf(answer: unknown): Next {
  const top = membersOf(answer);
  const places = [top, membersOf(top.meta), membersOf(top.pagination), membersOf(top.links)];
  let isNamed = top.has_more === false;
  for (const members of places) {
    for (const name of ["next_cursor", "next_page_url", "next"]) {
      if (!(name in members)) continue;
      isNamed = true;
      const value = members[name];
      if (typeof value !== "string" || value === "") continue;
      if (name === "next_cursor") return { cursor: value };
      const parameters = parametersOf(value);
      if (parameters !== undefined) return parameters;
    }
  }
  const page = wholeFrom(places[1]?.current_page, 1);
  const last = wholeFrom(places[1]?.last_page, 1);
  if (page !== undefined && last !== undefined) return page < last ? { page: String(page + 1) } : "end";
  return isNamed ? "end" : undefined;
}

/** Only the parameters of a URL are taken: its host could be another one's. */
function parametersOf(value: string): Readonly<Record<string, string>> | undefined {
  if (!URL.canParse(value, "https://api.mintfax.com")) return undefined;
  const parameters = new URL(value, "https://api.mintfax.com").searchParams;
  for (const name of ["cursor", "page"]) {
    const found = parameters.get(name);
    if (found) return { [name]: found };
  }
  return undefined;
}
