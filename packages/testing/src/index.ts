export { createManualClock, type ManualClock } from "./clock/manual-clock.ts";
export { createRealClock, type RealClock, type RealClockOptions } from "./clock/real-clock.ts";
export type { SenderClock } from "./clock/sender-clock.ts";
export { type BodyForm, bodyForms, bodyText } from "./delivery/body-text.ts";
export { forge } from "./delivery/forge.ts";
export type { Deliverable } from "./delivery/payload.ts";
export { type SignOptions, signDelivery } from "./delivery/sign-delivery.ts";
export type { SignedDelivery } from "./delivery/signed-delivery.ts";
export { tamper } from "./delivery/tamper.ts";
export { type FaxLife, faxLife } from "./fax/fax-life.ts";
export { FaxLifeError } from "./fax/fax-life-error.ts";
export type { FaxLifeOptions } from "./fax/fax-life-options.ts";
export type { FaxOutcome } from "./fax/sandbox.ts";
export { type EventOverrides, eventFixture } from "./fixtures/event-fixture.ts";
export { randomId } from "./random-id.ts";
export { NotSeenError } from "./recorders/not-seen-error.ts";
export { type EventRecorder, type RecordEventsOptions, recordEvents } from "./recorders/record-events.ts";
export { type OutcomeRecorder, recordOutcomes } from "./recorders/record-outcomes.ts";
export type { WaitOptions } from "./recorders/recording.ts";
export { ATTEMPT_TIMEOUT_MS, RETRY_DELAYS_MS } from "./sender/promises.ts";
export { type Attempt, type DeliveryReport, isAccepted } from "./sender/report.ts";
export type { DeliveryInProgress } from "./sender/schedule.ts";
export type { FetchTarget } from "./sender/target.ts";
export {
  type AttemptStart,
  createTestSender,
  type DeliverOptions,
  type StartOptions,
  type TestSender,
  type TestSenderOptions,
} from "./sender/test-sender.ts";
