import { rowsOf } from "./answers.ts";
import type { MysqlConnection } from "./pool.ts";

/**
 * How sessions are called: by number, user and place. A user without the right PROCESS sees only sessions of its own.
 *
 * @returns the name for a session's number
 */
export async function sessionNames(connection: MysqlConnection): Promise<(session: unknown) => string> {
  const rows = await rowsOf(connection, "SHOW PROCESSLIST");
  const names = new Map(
    rows.map(({ Id, User, Host }) => [String(Id), `session ${Id} of ${User} at ${Host}`]),
  );
  return (session) => names.get(String(session)) ?? `session ${session}`;
}
