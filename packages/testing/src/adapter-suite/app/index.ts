export { createSuiteApp, type Lane, type SuiteApp } from "./app.ts";
export { type Mount, PREFIX } from "./lanes.ts";
