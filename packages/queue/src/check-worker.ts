import type { CheckFinding, CheckReport } from "@mintfax-webhooks/core";
import { ConfigurationError } from "@mintfax-webhooks/core/store";
import { checkStore, inFull, reportOf } from "@mintfax-webhooks/core/worker";
import type { Worker } from "./worker.ts";

/**
 * Looks at a worker's set-up: its handlers, and the store with its server. It claims nothing and changes nothing. Never
 * rejects, and answers within some 10 s. A store is asked once in 5 s at most, however often this is called. The queue is
 * not looked at: the engine's own client tells of its connection.
 *
 * @param worker what `createWorker()` has returned
 * @returns what was found, green and red, with the fix
 *
 * @example
 * ```ts
 * createServer(async (_req, res) => {
 *   const { ready } = await checkWorker(worker);
 *   res.writeHead(ready ? 200 : 503).end();
 * }).listen(3001);
 * ```
 */
export async function checkWorker(worker: Pick<Worker<never>, "~setup">): Promise<CheckReport> {
  const findings: CheckFinding[] = [];
  try {
    if (typeof worker?.["~setup"] !== "function") {
      throw new ConfigurationError(
        "option_invalid",
        "checkWorker(): the worker is of another kind; expected what createWorker() returns.",
      );
    }
    const { hasHandlers, store } = worker["~setup"]();
    findings.push(checkHandlers(hasHandlers), ...(await checkStore(store)));
  } catch (error) {
    findings.push({ code: "options", level: "error", ok: false, message: inFull(error) });
  }
  return reportOf(findings);
}

function checkHandlers(hasHandlers: boolean): CheckFinding {
  const about = { code: "handlers", level: "error", ok: hasHandlers } as const;
  return hasHandlers
    ? { ...about, message: "Handlers are registered." }
    : {
        ...about,
        message: "There is no handler, so every message is parked.",
        fix: 'Add one: .on("fax.*", handler).',
      };
}
