export { splitOptions } from "./adapter-options.ts";
export { createMemoryStore, type MemoryStoreOptions } from "./dedup/memory-store.ts";
export type {
  Claim,
  DedupKey,
  DedupStore,
  Forgetting,
  Holder,
  LeaseStore,
  Settlement,
  TransactionalStore,
  TransactionClaim,
  TransactionResult,
} from "./dedup/store.ts";
export type { Answer, BodyLimits, IncomingDelivery } from "./delivery/incoming.ts";
export { readKept } from "./delivery/read-request.ts";
export type { EventByPattern, EventPattern, Handler, HandlerContext } from "./dispatch/handler.ts";
export {
  BodyError,
  type BodyErrorCode,
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
export { createFetchHandler, type FetchHandler, fromRequest, toResponse } from "./fetch.ts";
export type { MaybePromise } from "./maybe-promise.ts";
export { isDelivery, Mounting } from "./mounting.ts";
export type { LateOutcomeHook, LateOutcomeRecord, OutcomeHook, OutcomeRecord } from "./observe.ts";
export type { OptionsResolver, ReceiverOptions, RequestOptions, SecretResolver } from "./options.ts";
export type { Outcome, OutcomeCode, RefusalCode } from "./outcome.ts";
export { checkParentheses } from "./parentheses.ts";
export { createPathMatcher, DEFAULT_PATH } from "./path.ts";
export { createReceiver, type Receiver } from "./receiver.ts";
export type { HeaderValue, WebhookHeaders } from "./signature/headers.ts";
export type { Secrets } from "./signature/keys.ts";
export { createVerifier, type Verdict, type Verifier, type VerifierOptions } from "./signature/verifier.ts";
export type { Telemetry } from "./telemetry.ts";
export { type Webhooks, withWebhooks } from "./webhooks.ts";
