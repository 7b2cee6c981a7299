import { DatabaseSync } from "node:sqlite";
import type { Order } from "./other-program.ts";

const kept = new Map<string, DatabaseSync>();

process.on("message", ({ file, sql, after }: Order) => {
  const database = kept.get(file) ?? new DatabaseSync(file, { timeout: 5_000 });
  kept.delete(file);
  let failure = "";
  try {
    database.exec(sql);
  } catch (error) {
    failure = String(error);
  }
  if (after === "keep") kept.set(file, database);
  else database.close();
  process.send?.(failure);
});
