import type { Answer } from "@mintfax-webhooks/core/adapter";
import type { LambdaEvent } from "./event.ts";

/** What AWS gets back. */
export interface LambdaResult {
  readonly statusCode: number;
  readonly headers?: Record<string, string>;
  readonly multiValueHeaders?: Record<string, string[]>;
  readonly body: string;
  readonly isBase64Encoded: false;
}

/** A load balancer that sends `multiValueHeaders` alone reads these alone. */
export function resultOf({ status, headers, body }: Answer, event: LambdaEvent): LambdaResult {
  const common = { statusCode: status, body, isBase64Encoded: false } as const;
  if (event.headers || !event.multiValueHeaders) return { ...common, headers: { ...headers } };
  const multiple = Object.entries(headers).map(([name, value]) => [name, [value]]);
  return { ...common, multiValueHeaders: Object.fromEntries(multiple) };
}
