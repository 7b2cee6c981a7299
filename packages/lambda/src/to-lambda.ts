import { type Receiver, readKept } from "@mintfax-webhooks/core/adapter";
import { BackgroundWork } from "./background-work.ts";
import type { LambdaCall, LambdaContext } from "./call.ts";
import { bytesOf, type LambdaEvent, type LambdaRequest, requestFrom } from "./event.ts";
import { type LambdaResult, resultOf } from "./result.ts";
import { timeLeft } from "./time-left.ts";

/** A function for AWS Lambda. */
export type LambdaHandler = (event: LambdaEvent, context?: LambdaContext | null) => Promise<LambdaResult>;

/**
 * Makes a receiver the handler of an AWS Lambda function behind an API Gateway, a function URL or an Application Load
 * Balancer. Each request is treated as a delivery, on any path; health checks of a load balancer are answered with 200.
 *
 * Lambda freezes the process once the function has returned. So the function returns after work given to `waitUntil` and
 * handlers past their deadline, too, as long as its timeout and the 29 s of an API Gateway allow. A handler's deadline is
 * `deadlineMs`, or the time that the function's timeout leaves for it, if that is less.
 *
 * @param webhooks what `mintfaxWebhooks()` returns
 * @returns a function that rejects with a {@link ConfigurationError} (`request_expected`) for an event that is not an HTTP request
 *
 * @example
 * ```ts
 * export const handler = toLambda(mintfaxWebhooks({ store }).on("fax.delivered", markSent));
 * ```
 */
export function toLambda<Tx>(webhooks: Receiver<LambdaCall, Tx>): LambdaHandler {
  return async (event, given) => {
    const context = given ?? {};
    const { deadlineMs, returnMs } = timeLeft(context);
    const request = requestFrom(event);
    if (isHealthCheck(request)) return resultOf(HEALTHY, event);
    const background = new BackgroundWork(returnMs);
    const answer = await webhooks.receive({
      method: request.method,
      header: (name) => request.headers.get(name),
      readBody: async (limits) => readKept(Promise.resolve(bytesOf(event)), limits),
      deadlineMs,
      platform: { event, context },
      waitUntil: (promise) => background.add(promise),
    });
    await background.settled();
    return resultOf(answer, event);
  };
}

const HEALTHY = { status: 200, headers: { "cache-control": "no-store" }, body: "" };

function isHealthCheck({ method, headers }: LambdaRequest): boolean {
  return method === "GET" && headers.get("user-agent")?.startsWith("ELB-HealthChecker/") === true;
}
