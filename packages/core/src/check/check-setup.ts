import { inFull } from "../error-text.ts";
import type { MaybePromise } from "../maybe-promise.ts";
import type { Settings } from "../settings.ts";
import type { CheckFinding } from "../store/check-finding.ts";
import { checkDeadline, checkHandlers, checkSecrets } from "./check-receiver.ts";
import { checkStore } from "./check-store.ts";
import type { CheckReport } from "./report.ts";

/**
 * Never rejects: in the route of a probe, a rejection may end the process.
 *
 * @param settingsFor finds the receiver's settings; rejects where its options cannot be had
 */
export async function check<Platform, Tx>(
  hasHandlers: boolean,
  settingsFor: () => MaybePromise<Settings<Platform, Tx>>,
  proxyTimeoutMs?: number,
): Promise<CheckReport> {
  const findings: CheckFinding[] = [checkHandlers(hasHandlers)];
  try {
    const { keys, deadlineMs, store } = await settingsFor();
    findings.push(await checkSecrets(keys), checkDeadline(deadlineMs, proxyTimeoutMs));
    findings.push(...(await checkStore(store())));
  } catch (error) {
    findings.push({ code: "options", level: "error", ok: false, message: inFull(error) });
  }
  const red = findings.filter(({ ok }) => ok === false);
  return { ok: red.length === 0, ready: red.every(({ level }) => level === "warning"), findings };
}
