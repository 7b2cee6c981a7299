/** For those who write a dedup store: its contract, the errors that the receiver understands, shared bounds and waiting. */
export { namespaceFrom, retentionFrom, storeTimeoutFrom, within } from "./bounds.ts";
export { checkOptions, functionFrom } from "./check-options.ts";
export { inFull, inWords } from "./error-text.ts";
export {
  ConfigurationError,
  MintfaxWebhookError,
  StoreMisconfiguredError,
  StoreUnavailableError,
  TransactionEndedError,
  TransactionRefusedError,
} from "./errors.ts";
export type {
  ExpectOptions,
  FaxWatch,
  FaxWatchStatus,
  OutstandingFax,
  OutstandingOptions,
  SettleContext,
} from "./fax-watch/fax-watch.ts";
export { type FaxWatchDatabase, faxWatchOn } from "./fax-watch/on-database.ts";
export type { MaybePromise } from "./maybe-promise.ts";
export { type ClockReading, clockFinding } from "./store/check-clock.ts";
export { type CheckFinding, type CheckSubject, failedCheck, passedCheck } from "./store/check-finding.ts";
export type {
  Claim,
  DedupKey,
  Forgetting,
  Holder,
  InspectedRow,
  Inspection,
  LeaseStore,
  PendingClaim,
  Settlement,
  TransactionalStore,
  TransactionClaim,
  TransactionResult,
} from "./store/contract.ts";
export {
  GroupCommit,
  type GroupCommitCall,
  type GroupCommitKind,
  type GroupCommitServer,
} from "./store/group-commit.ts";
export { type PostgresQuery, postgresQueryIn } from "./store/postgres-query.ts";
export { TimeLimit } from "./store/time-limit.ts";
export { withinLimit } from "./time-limit.ts";
