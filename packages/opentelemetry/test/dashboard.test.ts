import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dashboardText } from "../scripts/dashboard/dashboard.ts";

const FILE = join(import.meta.dirname, "../dashboards/mintfax-webhooks.json");

test("the dashboard is what its program writes: pnpm --filter @mintfax-webhooks/opentelemetry dashboard", () => {
  expect(readFileSync(FILE, "utf8")).toBe(dashboardText());
});
