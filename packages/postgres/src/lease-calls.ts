import type { Claim, GroupCommitCall, GroupCommitKind, Settlement } from "@mintfax-webhooks/core/store";
import { claimFrom, settlementFrom } from "./answers.ts";
import { runInOwnTransaction } from "./own-transaction.ts";
import type { PostgresClient } from "./pool.ts";
import type { Row, Statement } from "./statement.ts";

/** A claim, as the values of its statement. */
export interface ClaimCall extends GroupCommitCall {
  readonly leaseMs: string;
}

interface SettlementCall extends GroupCommitCall {
  readonly fence: string;
}

/** A renewal, as the values of its statement. */
export interface RenewalCall extends SettlementCall {
  readonly leaseMs: string;
}

/** A completion or a release, as the values of its statement. */
export interface EndingCall extends SettlementCall {
  readonly retentionMs: string;
}

/** @param together is given an array for each hole */
export function claims(
  alone: Statement<keyof ClaimCall>,
  together: Statement<keyof ClaimCall>,
  giveBack: (call: ClaimCall, answer: Claim) => void,
): GroupCommitKind<PostgresClient, ClaimCall, Claim> {
  return {
    giveBack,
    alone: async (client, call) => claimFrom(await runInOwnTransaction(client, alone, call)),
    async together(client, firsts) {
      const rows = await runInOwnTransaction(client, together, arraysOf(firsts));
      const rowOf = new Map(rows.map((row) => [nameOf(row), row]));
      return (call, first) => {
        const row = rowOf.get(nameOf(first));
        return row && claimOfBatch(row, call, first);
      };
    },
  };
}

function claimOfBatch(row: Row, call: ClaimCall, first: ClaimCall): Claim | undefined {
  const claim = claimFrom([row]);
  const holder = claim.state === "claimed" ? first.owner : row.holder;
  if (claim.state === "done" || call.owner === first.owner) return claim;
  // The holder's own call is answered with its fence, which this statement did not ask for.
  return call.owner === holder ? undefined : { state: "pending" };
}

/** @param together is given an array for each hole, and returns the keys of the calls that counted */
export function settlements<Asked extends SettlementCall>(
  alone: Statement<keyof Asked & string>,
  together: Statement<keyof Asked & string>,
): GroupCommitKind<PostgresClient, Asked, Settlement> {
  return {
    alone: async (client, call) => settlementFrom(await runInOwnTransaction(client, alone, call as never)),
    async together(client, firsts) {
      const rows = await runInOwnTransaction(client, together, arraysOf(firsts) as never);
      const counted = new Set(rows.map(nameOf));
      return (call, first) =>
        call.owner === first.owner && call.fence === first.fence && counted.has(nameOf(first))
          ? "ok"
          : undefined;
    },
  };
}

/** PostgreSQL stores no NUL, so it ends the namespace. */
function nameOf({ namespace, id }: { readonly namespace?: unknown; readonly id?: unknown }): string {
  return `${namespace}\0${id}`;
}

/** As literals of PostgreSQL's arrays, which reach the server as they are through every driver. */
function arraysOf<Asked extends GroupCommitCall>(
  calls: readonly Asked[],
): Record<keyof Asked & string, string> {
  const names = Object.keys(calls[0] ?? {}) as (keyof Asked & string)[];
  return Object.fromEntries(
    names.map((name) => [name, `{${calls.map((call) => quoted(String(call[name]))).join()}}`]),
  ) as Record<keyof Asked & string, string>;
}

function quoted(text: string): string {
  return `"${/["\\]/.test(text) ? text.replace(/["\\]/g, "\\$&") : text}"`;
}
