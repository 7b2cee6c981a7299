import type { CheckFinding } from "../store/check-finding.ts";

/** What `checkSetup()`, or `checkWorker()` of `@mintfax-webhooks/queue`, found. */
export interface CheckReport {
  /** Whether no finding is red (`ok: false`), warnings included. */
  readonly ok: boolean;
  /** Whether deliveries, or messages, can be processed: no finding of level `error` is red. This is what a readiness probe answers. */
  readonly ready: boolean;
  /** All findings, green ones too. */
  readonly findings: readonly CheckFinding[];
}

/** Sums up. */
export function reportOf(findings: readonly CheckFinding[]): CheckReport {
  const red = findings.filter(({ ok }) => ok === false);
  return { ok: red.length === 0, ready: red.every(({ level }) => level === "warning"), findings };
}

/** What `checkSetup()` can be told. */
export interface CheckOptions<Platform = unknown> {
  /** The argument of the options function, where options are one: Hono's context, with Cloudflare's bindings. */
  readonly platform?: Platform;
  /**
   * How long the proxy in front waits for an answer, in milliseconds: 29,000 for API Gateway, 30,000 for Heroku, 60,000 for
   * nginx and ALB, 100,000 for Cloudflare. Default: mintfax's own 30,000; on AWS Lambda 29,000.
   */
  readonly proxyTimeoutMs?: number;
}
