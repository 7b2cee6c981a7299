import { D1_SCHEMA } from "@mintfax-webhooks/cloudflare";
import { CLOUDFLARE_PARKED_SCHEMA } from "@mintfax-webhooks/queue/cloudflare";
import { expect, test } from "vitest";
import { readMigrations, readWranglerConfig } from "../src/local/config.ts";

test("the migrations have the tables of both packages", () => {
  const statements = (sql: string) => sql.split(";").filter((statement) => statement.trim() !== "");
  const trimmed = (list: string[]) => list.map((statement) => statement.trim());
  expect(trimmed(readMigrations())).toEqual(
    expect.arrayContaining(trimmed([...statements(D1_SCHEMA), ...statements(CLOUDFLARE_PARKED_SCHEMA)])),
  );
});

test("every queue that is sent to is consumed, and Cloudflare keeps what it gives up on", () => {
  const { producers, consumers } = readWranglerConfig().queues;
  const consumed = consumers.map(({ queue }) => queue);
  expect(consumed).toEqual(expect.arrayContaining(producers.map(({ queue }) => queue)));
  const [main, dead] = consumers;
  expect(main).toMatchObject({ max_retries: 100, dead_letter_queue: dead?.queue });
  expect(dead).toMatchObject({ queue: "mintfax-dead", max_retries: 100 });
});
