import type { OpenFax } from "@mintfax-webhooks/catch-up";
import { MintfaxWebhookError } from "@mintfax-webhooks/core";
import { type ApiOptions, findApiKey } from "../api-key/find-api-key.ts";
import { inOptions } from "../api-key/in-options.ts";
import { table } from "../output/table.ts";
import { count, counted, oneLine, wrap } from "../output/text.ts";
import { ageOf, minuteOf } from "../output/time.ts";
import { UsageError } from "../usage-error.ts";
import type { TextSettings } from "./print.ts";

/** mintfax may still try a younger one. */
const OLDER_THAN_MS = 3_600_000;
const SHOWN = 50;
/** A row of the table takes as many. */
const TABLE_COLUMNS = 64;

/** Faxes that mintfax itself has not ended. */
export interface LookAtMintfax {
  readonly overdue: number;
  readonly faxes: readonly OpenFax[];
}

/** @throws {UsageError} where mintfax's list cannot be read; the message never holds the key */
export async function lookerAtMintfax(
  options: ApiOptions,
  olderThanMs: number = OLDER_THAN_MS,
): Promise<() => Promise<LookAtMintfax>> {
  const apiKey = await findApiKey(options);
  // The other commands start without it.
  const { openFaxes } = await import("@mintfax-webhooks/catch-up");
  const { baseUrl } = options;
  return async () => {
    const faxes: OpenFax[] = [];
    let overdue = 0;
    try {
      const open = openFaxes({ apiKey, olderThan: olderThanMs, ...(baseUrl !== undefined && { baseUrl }) });
      for await (const fax of open) {
        overdue += 1;
        if (faxes.length < 1_000) faxes.push(fax);
      }
    } catch (error) {
      if (!(error instanceof MintfaxWebhookError)) throw error;
      throw new UsageError(inOptions(error.message), { cause: error });
    }
    return { overdue, faxes };
  };
}

const COLUMNS = [
  { heading: "fax", align: "left" },
  { heading: "created, UTC", align: "left" },
  { heading: "status", align: "left" },
] as const;

/** What such a look has found, for people. */
export function textAtMintfax(
  { faxes, overdue }: LookAtMintfax,
  { olderThanMs = OLDER_THAN_MS, columns, colours: { dim, green, red } }: TextSettings,
): string {
  const rows = faxes
    .slice(0, SHOWN)
    .map(({ id, status, createdAt }) => [
      oneLine(id).slice(0, 32),
      createdAt === undefined ? "" : minuteOf(createdAt),
      oneLine(status).slice(0, 12),
    ]);
  const lines =
    columns >= TABLE_COLUMNS
      ? table(COLUMNS, rows).map((line, index) => (index === 0 ? dim(line) : line))
      : rows.flatMap(([id, created, status]) => [`  ${id}`, `    ${status} since ${created}`]);
  const more = overdue > SHOWN ? [`  … and ${count(overdue - SHOWN)} more`] : [];
  const longer = `for more than ${ageOf(olderThanMs / 1000)}`;
  const verdict =
    overdue === 0
      ? `${green("✓")} No fax is open at mintfax ${longer}.`
      : `${red("✗")} ${counted(overdue, "fax is", "faxes are")} open at mintfax ${longer}. No event of theirs is missing yet: ask mintfax's support.`;
  const list = rows.length === 0 ? [] : [...lines, ...more, ""];
  return `${[...list, wrap(verdict, 2, columns).trimStart()].join("\n")}\n`;
}
