import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dashboardText } from "./dashboard/dashboard.ts";

const folder = join(import.meta.dirname, "../dashboards");
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "mintfax-webhooks.json"), dashboardText());
