import { withinTime } from "../dedup/store-call.ts";
import { inFull } from "../error-text.ts";
import { memberOf } from "../foreign.ts";
import { safeText } from "../safe-text.ts";
import type { CheckFinding } from "../store/check-finding.ts";
import type { LeaseStore, TransactionalStore } from "../store/contract.ts";

/** What may have a check. */
type Store = Pick<LeaseStore | TransactionalStore<never>, "check">;
/** What it finds. */
type Findings = Promise<readonly CheckFinding[]>;

/** A probe may come each second, and from a stranger. */
const KEPT_MS = 5_000;

const kept = new WeakMap<Store, { readonly answer: Findings; readonly untilMs: number }>();

/** Never rejects. Asks a store at most once in 5 s, and meanwhile answers with what it said. */
export async function checkStore(store: Store): Findings {
  const nowMs = performance.now();
  let last = kept.get(store);
  if (last === undefined || nowMs >= last.untilMs) {
    last = { answer: ask(store), untilMs: nowMs + KEPT_MS };
    kept.set(store, last);
  }
  try {
    // A limit here too: on Workers, the promise of a request that was ended never settles.
    return await withinTime(last.answer);
  } catch (error) {
    return [about(false, inFull(error))];
  }
}

async function ask(store: Store): Findings {
  if (store.check === undefined) return [about("unknown", "The store has no check().")];
  const answer: unknown = await withinTime(Promise.resolve(store.check()));
  return Array.isArray(answer) ? answer.slice(0, MOST).map(findingFrom) : [findingFrom(answer)];
}

const MOST = 50;
const LONGEST = 600;

function about(ok: CheckFinding["ok"], message: string): CheckFinding {
  return { code: "store_check", level: "error", ok, message };
}

/** A store is foreign code: each member is read once, and text is masked. */
function findingFrom(answer: unknown): CheckFinding {
  const code = memberOf(answer, "code");
  const level = memberOf(answer, "level");
  const ok = memberOf(answer, "ok");
  const message = memberOf(answer, "message");
  const fix = memberOf(answer, "fix");
  if (
    typeof code !== "string" ||
    !/^\w{1,64}$/.test(code) ||
    (level !== "error" && level !== "warning") ||
    (typeof ok !== "boolean" && ok !== "unknown") ||
    typeof message !== "string"
  ) {
    return about(false, "The store's check() has answered with something that is not a finding.");
  }
  const finding = { code, level, ok, message: safeText(message, LONGEST) } as const;
  return typeof fix === "string" ? { ...finding, fix: safeText(fix, LONGEST) } : finding;
}
