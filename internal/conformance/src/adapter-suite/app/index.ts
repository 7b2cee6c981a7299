export { createSuiteApp, type Lane, type SuiteApp } from "./app.ts";
export type { Mount } from "./lanes.ts";
