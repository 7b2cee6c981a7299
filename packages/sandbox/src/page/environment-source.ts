import { type AttemptRecord, statusOf } from "../environment/attempts.ts";
import type { Environment } from "../environment/environment.ts";
import { type AboutView, type Action, type Reason, VARIANTS } from "./protocol.ts";
import { AUTHENTIC, onPurpose, reasonOf } from "./reasons.ts";
import type { PageSource } from "./source.ts";
import { endpointView, faxView } from "./views.ts";

/** The sandbox's environment as the page's source. */
export function environmentSource(environment: Environment, about: () => AboutView): PageSource {
  const { attempts } = environment.deliveries;
  const isThere = ({ endpointId }: AttemptRecord): boolean => environment.secretsOf(endpointId).length > 0;
  return {
    attempts,
    state: () => ({
      about: about(),
      nowMs: environment.clock.nowMs(),
      endpoints: environment.endpoints.map(endpointView),
      faxes: environment.faxes.map(faxView),
    }),
    watch: (tell) =>
      environment.watch({
        fax: (fax) => tell({ kind: "fax", fax: faxView(fax) }),
        endpoints: () => tell({ kind: "endpoints", endpoints: environment.endpoints.map(endpointView) }),
      }),
    reasonsOf: (record) => reasonsOf(record, environment.secretsOf(record.endpointId)),
    actionsFor(record): readonly Action[] {
      if (!isThere(record)) return [];
      const isRetryable = statusOf(record) === "failed" && record.variant === null;
      return isRetryable ? ["retry", ...VARIANTS] : VARIANTS;
    },
    send: (record, action) =>
      action === "retry"
        ? environment.deliveries.retry(record)
        : environment.deliveries.sendVariant(record, action),
  };
}

/** @param secrets of the endpoint: it need not be there any more */
async function reasonsOf(
  record: AttemptRecord,
  secrets: readonly string[],
): Promise<readonly Reason[] | undefined> {
  const { result, requestHeaders, requestBody, startedMs, variant } = record;
  if (variant !== null && variant !== "copy") return [onPurpose(variant, statusOf(record) === "succeeded")];
  const status = result?.status ?? 200;
  const isRefused = status >= 400 && status < 500;
  if (!isRefused || secrets.length === 0) return undefined;
  // Jest's CommonJS mode cannot load what it depends on, and tests with a sandbox do not open the page.
  const { diagnose } = await import("@mintfax-webhooks/diagnose");
  const request = { method: "POST", headers: requestHeaders, body: requestBody };
  const { verdict, findings } = diagnose(request, secrets, { at: new Date(startedMs) });
  return verdict === "verified" ? [AUTHENTIC] : findings.map(reasonOf);
}
