import { type CheckFinding, inWords, TimeLimit } from "@mintfax-webhooks/core/store";
import { errorNumberOf, explained } from "../errors.ts";
import type { Settings } from "../options.ts";
import { type MysqlConnection, withConnection } from "../pool.ts";
import { serverFactsFrom, tableFactsFrom } from "./facts.ts";
import { type Circumstances, serverFindings } from "./server.ts";
import { tableFindings } from "./table.ts";

/** `LeaseStore.check`, and that of a transactional store. Never rejects. */
export function checkOf(
  settings: Settings,
  isTransactional: boolean,
): {
  check(): Promise<readonly CheckFinding[]>;
} {
  const { pool, timeoutMs } = settings;

  async function look(connection: MysqlConnection): Promise<readonly CheckFinding[]> {
    const askedMs = Date.now();
    const server = await serverFactsFrom(connection);
    const circumstances: Circumstances = { askedMs, answeredMs: Date.now(), timeoutMs, isTransactional };
    const findings = [REACHED, ...serverFindings(server, circumstances)];
    try {
      return [...findings, ...tableFindings(await tableFactsFrom(connection, settings.table), settings)];
    } catch (error) {
      return [...findings, withoutTable(error, settings)];
    }
  }

  return {
    async check() {
      const limit = new TimeLimit(timeoutMs, "MySQL");
      try {
        return await limit.over(withConnection(pool, limit, look));
      } catch (error) {
        const message = `MySQL cannot be used: ${inWords(explained(error, settings))}`;
        return [{ ...REACHED, ok: false, message }];
      }
    },
  };
}

const REACHED = {
  code: "mysql_reachable",
  level: "error",
  ok: true,
  message: "MySQL answers the store's statements.",
} as const;

const REFUSED: ReadonlySet<number | undefined> = new Set([1044, 1142]);

/** Of a table that cannot be looked at. */
function withoutTable(error: unknown, settings: Settings): CheckFinding {
  const code = REFUSED.has(errorNumberOf(error)) ? "mysql_privileges" : "mysql_table";
  return { code, level: "error", ok: false, message: inWords(explained(error, settings)) };
}
