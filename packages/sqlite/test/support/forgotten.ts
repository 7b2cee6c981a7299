import { createSqliteStore } from "@mintfax-webhooks/sqlite";
import { onTestFinished } from "vitest";

/** Of ids that a process was told are done: those that the store does not know as done. */
export async function forgottenBy(file: string, done: readonly string[]): Promise<string[]> {
  const store = createSqliteStore(file);
  onTestFinished(() => store.close());
  const states = await Promise.all(
    done.map((id) => store.claim({ namespace: "mintfax", id }, "the one who looks", 45_000)),
  );
  return done.filter((_, index) => states[index]?.state !== "done");
}
