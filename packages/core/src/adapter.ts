/** For those who write an adapter: what turns a framework's requests into deliveries, and the receiver's answers back. */
export { isPatternOfAll, mountPointOf } from "./adapter/mount-point.ts";
export { isDelivery, Mounting } from "./adapter/mounting.ts";
export { checkParentheses } from "./adapter/parentheses.ts";
export { splitOptions } from "./adapter/split-options.ts";
export { BodyError, type BodyErrorCode } from "./errors.ts";
export { fromRequest } from "./fetch/delivery.ts";
export { readKept } from "./fetch/kept-bytes.ts";
export { toResponse } from "./fetch/send-answer.ts";
export type { Answer, BodyLimits, IncomingDelivery } from "./incoming.ts";
export { DEFAULT_PATH } from "./path.ts";
export { createReceiver, type Receiver } from "./receiver.ts";
export { type ReceiverSetup, withWebhooks } from "./webhooks.ts";
