import { kindOf } from "../check-options.ts";
import { inFull } from "../error-text.ts";
import { ConfigurationError } from "../errors.ts";
import type { Settings } from "../settings.ts";
import type { CheckFinding } from "../store/check-finding.ts";
import type { Webhooks } from "../webhooks.ts";
import { checkDeadline, checkHandlers, checkSecrets } from "./check-receiver.ts";
import { checkStore } from "./check-store.ts";
import { type CheckOptions, type CheckReport, reportOf } from "./report.ts";

// A function, not a method of the receiver: bundlers drop it where it is not called.

/**
 * Looks at a receiver's set-up: secret, handlers, deadline, and the store with its server. It claims nothing and changes
 * nothing. Never rejects, since in the route of a probe a rejection may end the process, and answers within some 10 s. A
 * store is asked once in 5 s at most, however often this is called; one that is made anew for each request, as of
 * Cloudflare's bindings, is asked each time.
 *
 * @param webhooks what `mintfaxWebhooks()` or `createFetchHandler()` has returned
 * @returns what was found, green and red, with the fix
 *
 * @example
 * ```ts
 * app.get("/ready", async (_req, res) => {
 *   const { ready, findings } = await checkSetup(webhooks);
 *   res.status(ready ? 200 : 503).json(findings.filter(({ ok }) => ok !== true));
 * });
 * ```
 */
export async function checkSetup<Platform>(
  webhooks: Pick<Webhooks<Platform>, "~setup">,
  { platform, proxyTimeoutMs }: CheckOptions<Platform> = {},
): Promise<CheckReport> {
  const findings: CheckFinding[] = [];
  try {
    if (typeof webhooks?.["~setup"] !== "function") throw notReceiver(webhooks);
    const setup = webhooks["~setup"](platform);
    findings.push(checkHandlers(setup.hasHandlers));
    const { keys, deadlineMs, store } = (await setup.settings) as Settings<never, unknown>;
    findings.push(await checkSecrets(keys), checkDeadline(deadlineMs, proxyTimeoutMs));
    findings.push(...(await checkStore(store())));
  } catch (error) {
    findings.push({ code: "options", level: "error", ok: false, message: inFull(error) });
  }
  return reportOf(findings);
}

function notReceiver(given: unknown): ConfigurationError {
  return new ConfigurationError(
    "option_invalid",
    `checkSetup() was given ${kindOf(given)}; expected what mintfaxWebhooks() or createFetchHandler() returns.`,
  );
}
