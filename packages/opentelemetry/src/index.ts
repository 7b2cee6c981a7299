export { type CatchUpFigures, type RecordCatchUpOptions, recordCatchUp } from "./catch-up.ts";
export { observeFaxWatch } from "./fax-watch.ts";
export { createTelemetry } from "./telemetry.ts";
