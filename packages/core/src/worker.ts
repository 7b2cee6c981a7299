/** For those who write a worker on a queue: the engine without HTTP, and what its hooks and logs are made of. */

export { callUnawaited } from "./call-unawaited.ts";
export { checkStore } from "./check/check-store.ts";
export { reportOf } from "./check/report.ts";
export { inFull, withoutMessage } from "./error-text.ts";
export { InFlight } from "./in-flight.ts";
export { checkTelemetry } from "./options.ts";
export { logProblems, logProblemsInFull } from "./outcome/log.ts";
export { followed } from "./outcome/telemetry.ts";
export { print } from "./print.ts";
export { createWorkerEngine, type WorkerEngine, type WorkerSetup } from "./worker/engine.ts";
export type { WorkerEngineOptions } from "./worker/options.ts";
export type { WorkContext, WorkItem, WorkRecord } from "./worker/work.ts";
