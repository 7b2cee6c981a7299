import { type CheckFinding, failedCheck, passedCheck } from "@mintfax-webhooks/core/store";
import { type MadeTable, remedyFor } from "../errors.ts";
import type { Column, TableFacts } from "./facts.ts";

/** What the facts of the table mean for a store. */
export function tableFindings(facts: TableFacts, of: MadeTable): CheckFinding[] {
  return [engine(facts, of), table(facts, of), collation(facts, of), index(facts, of), privileges(facts, of)];
}

function engine({ engine }: TableFacts, { table }: MadeTable): CheckFinding {
  const about = { code: "mysql_engine", level: "error" } as const;
  const message = `The table's engine is ${engine}.`;
  return engine === "InnoDB"
    ? passedCheck(about, message)
    : failedCheck(
        about,
        message,
        `Run ALTER TABLE ${table} ENGINE = InnoDB: others have no transactions, or lose rows in a crash.`,
      );
}

const LENGTHS: Readonly<Record<string, number>> = { namespace: 1_024, id: 256, owner: 512 };
const NUMBERS = ["fence", "until"];
const COLUMNS = ["namespace", "id", "fence", "until", "state", "owner"];

function table({ columns, uniques }: TableFacts, of: MadeTable): CheckFinding {
  const about = { code: "mysql_table", level: "error" } as const;
  const { table: name } = of;
  const lacking = COLUMNS.filter((each) => !columns.some((column) => column.name === each));
  if (lacking.length > 0) {
    return failedCheck(
      about,
      `The table ${name} has no column ${lacking.join(", nor ")}.`,
      remedyFor(1054, of),
    );
  }
  const wrong = columns.filter(isTooSmall);
  if (wrong.length > 0) {
    return failedCheck(
      about,
      `The table ${name} has columns that are too small: ${wrong.map(({ name, type }) => `${name} ${type}`).join(", ")}. Without a strict sql_mode, MySQL cuts off what does not fit.`,
      `Compare it with ${of.schema}, and ALTER TABLE ${name} to it.`,
    );
  }
  const demanding = columns.filter(({ name, needsValue }) => needsValue && !COLUMNS.includes(name));
  if (demanding.length > 0) {
    return failedCheck(
      about,
      `The table ${name} has columns that need a value: ${demanding.map(({ name }) => name).join(", ")}.`,
      "Give them a default, or drop them.",
    );
  }
  return uniques.some((key) => key === "namespace,id" || key === "id,namespace")
    ? passedCheck(about, `The table ${name} is as migrate() makes it.`)
    : failedCheck(
        about,
        `The table ${name} has no primary key over namespace and id, so an event can be claimed twice.`,
        `Run ALTER TABLE ${name} ADD PRIMARY KEY (namespace, id).`,
      );
}

function isTooSmall({ name, type }: Column): boolean {
  if (NUMBERS.includes(name)) return !type.startsWith("bigint");
  const least = LENGTHS[name];
  const length = /\((\d+)\)/.exec(type)?.[1];
  return least !== undefined && length !== undefined && Number(length) < least;
}

function collation({ columns }: TableFacts, { table }: MadeTable): CheckFinding {
  const about = { code: "mysql_collation", level: "error" } as const;
  const loose = columns.find(
    ({ name, collation }) =>
      ["namespace", "id"].includes(name) && collation !== "" && !/_bin$/.test(collation),
  );
  return loose === undefined
    ? passedCheck(about, "Ids that differ in case, or in an accent, are different events.")
    : failedCheck(
        about,
        `The column ${loose.name} has the collation ${loose.collation}, which can take two ids for one: the second event is never handled.`,
        `Run ALTER TABLE ${table} MODIFY ${loose.name} VARBINARY(${LENGTHS[loose.name]}) NOT NULL.`,
      );
}

function index({ leading }: TableFacts, { table }: MadeTable): CheckFinding {
  const about = { code: "mysql_index", level: "warning" } as const;
  return leading.includes("until")
    ? passedCheck(about, "The index on `until` is there.")
    : failedCheck(
        about,
        "There is no index on `until`, so deleteExpired() reads the whole table.",
        `Run CREATE INDEX until ON ${table} (until).`,
      );
}

function privileges({ columns, mayDelete }: TableFacts, of: MadeTable): CheckFinding {
  const lacking = ["select", "insert", "update"]
    .filter((right) => columns.some(({ privileges }) => !privileges.split(",").includes(right)))
    .concat(mayDelete ? [] : ["delete"])
    .map((right) => right.toUpperCase());
  // Nothing but deleteExpired() deletes.
  const about = {
    code: "mysql_privileges",
    level: lacking.join() === "DELETE" ? "warning" : "error",
  } as const;
  return lacking.length === 0
    ? passedCheck(about, `The user may read and write ${of.table}.`)
    : failedCheck(about, `The user may not ${lacking.join(", ")} on ${of.table}.`, remedyFor(1142, of));
}
