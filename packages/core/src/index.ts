/** For users: `createFetchHandler`, events and what to make of them, errors, the memory store, verification alone. */
export { checkSetup } from "./check/check-setup.ts";
export type { CheckOptions, CheckReport } from "./check/report.ts";
export { createMemoryStore, type MemoryStoreOptions } from "./dedup/memory-store.ts";
export type { EventByPattern, EventPattern, Handler, HandlerContext } from "./dispatch/handler.ts";
export {
  ConfigurationError,
  type ConfigurationErrorCode,
  DeadlineExceededError,
  LeaseLostError,
  MintfaxWebhookError,
  ShutdownIncompleteError,
  StoreMisconfiguredError,
  StoreUnavailableError,
  TransactionEndedError,
  TransactionRefusedError,
} from "./errors.ts";
export { adviceFor, type FaxAdvice } from "./events/advice.ts";
export * from "./events/index.ts";
export { isKnownEvent } from "./events/known.ts";
export { eventOrder } from "./events/order.ts";
export { isTerminal } from "./events/terminal.ts";
export { createFetchHandler, type FetchHandler } from "./fetch/handler.ts";
export type { HeaderValue } from "./incoming.ts";
export type { OptionsResolver, ReceiverOptions, RequestOptions } from "./options.ts";
export type { Outcome, OutcomeCode } from "./outcome/codes.ts";
export type { LateOutcomeHook, LateOutcomeRecord, OutcomeHook, OutcomeRecord } from "./outcome/record.ts";
export type { Telemetry } from "./outcome/telemetry.ts";
export { createPathMatcher } from "./path.ts";
export type { RefusalCode } from "./refusal.ts";
export type { WebhookHeaders } from "./signature/headers.ts";
export type { Secrets } from "./signature/keys.ts";
export type { SecretResolver } from "./signature/resolver.ts";
export { createVerifier, type Verdict, type Verifier, type VerifierOptions } from "./signature/verifier.ts";
export type { CheckFinding } from "./store/check-finding.ts";
export type {
  Forgetting,
  InspectedRow,
  Inspection,
  LeaseStore,
  TransactionalStore,
} from "./store/contract.ts";
export type { Webhooks } from "./webhooks.ts";
