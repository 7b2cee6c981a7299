import type { LambdaEvent } from "./event.ts";

/** What the receiver uses of the `Context` of AWS. */
export interface LambdaContext {
  readonly awsRequestId?: string;
  /** Until AWS ends the invocation, in milliseconds. */
  readonly getRemainingTimeInMillis?: () => number;
}

/** An invocation of the function, as handlers find it in `context.platform`. */
export interface LambdaCall {
  readonly event: LambdaEvent;
  readonly context: LambdaContext;
}
