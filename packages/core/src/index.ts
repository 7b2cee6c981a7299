export { isDelivery, Mounting } from "./adapter/mounting.ts";
export { checkParentheses } from "./adapter/parentheses.ts";
export { splitOptions } from "./adapter/split-options.ts";
export { createMemoryStore, type MemoryStoreOptions } from "./dedup/memory-store.ts";
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
export type { Answer, BodyLimits, HeaderValue, IncomingDelivery } from "./incoming.ts";
export type { MaybePromise } from "./maybe-promise.ts";
export type { OptionsResolver, ReceiverOptions, RequestOptions } from "./options.ts";
export type { Outcome, OutcomeCode } from "./outcome/codes.ts";
export type { LateOutcomeHook, LateOutcomeRecord, OutcomeHook, OutcomeRecord } from "./outcome/record.ts";
export type { Telemetry } from "./outcome/telemetry.ts";
export { createPathMatcher, DEFAULT_PATH } from "./path.ts";
export { createReceiver, type Receiver } from "./receiver.ts";
export type { RefusalCode } from "./refusal.ts";
export type { WebhookHeaders } from "./signature/headers.ts";
export type { Secrets } from "./signature/keys.ts";
export type { SecretResolver } from "./signature/resolver.ts";
export { createVerifier, type Verdict, type Verifier, type VerifierOptions } from "./signature/verifier.ts";
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
} from "./store/contract.ts";
export { type Webhooks, withWebhooks } from "./webhooks.ts";
