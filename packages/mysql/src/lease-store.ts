// Not the global one, which fake timers of an application's tests replace.
import { setImmediate } from "node:timers";
import type { Forgetting, Inspection, LeaseStore } from "@mintfax-webhooks/core";
import {
  type Claim,
  type DedupKey,
  GroupCommit,
  type GroupCommitCall,
  type GroupCommitKind,
  type Holder,
  type Settlement,
  TimeLimit,
} from "@mintfax-webhooks/core/store";
import { claimFrom, forgettingFrom, releasedFrom } from "./answers.ts";
import { type ClaimCall, COMPLETION, RELEASE, RENEWAL, type SettlementCall } from "./batch-statements.ts";
import { checkOf } from "./check/check.ts";
import { explained, isDeadlock, mayConcernOneKey } from "./errors.ts";
import { inspect, isInTransaction } from "./inspect.ts";
import { claims, settlements } from "./lease-calls.ts";
import { type MysqlOperations, operationsOf } from "./operations.ts";
import { type MysqlStoreOptions, type Settings, settingsFrom } from "./options.ts";
import { type MysqlConnection, withConnection, withConnectionUntil } from "./pool.ts";
import { claim, complete, forget, release, renew, UPKEPT } from "./statements.ts";
import { type MysqlUpkeep, upkeepOf } from "./upkeep.ts";
import { writeAlone } from "./write-alone.ts";

/** A lease store in MySQL. */
export interface MysqlStore extends LeaseStore, MysqlUpkeep, MysqlOperations {}

/** Of one statement that MySQL chose as the victim of a deadlock. */
const TRIES = 3;

/**
 * A dedup store in a table of MySQL (8.0 or newer) or MariaDB (10.6 or newer), for any number of processes. It sends two
 * statements for an event and one for a duplicate, and holds no connection while the handler works. Under load, up to 60 calls
 * share a statement.
 *
 * Where your handlers write into the same database, {@link createMysqlTransactionalStore} promises more.
 *
 * @throws {ConfigurationError} for an option out of bounds
 *
 * @example
 * ```ts
 * const store = createMysqlStore({ pool: createPool("mysql://…") });
 * await store.migrate();
 * const webhooks = mintfaxWebhooks({ store });
 * ```
 */
export function createMysqlStore(options: MysqlStoreOptions): MysqlStore {
  const settings = settingsFrom(options, "createMysqlStore");
  return Object.assign(
    new MysqlLeaseStore(settings),
    checkOf(settings, false),
    operationsOf(settings),
    upkeepOf(settings, UPKEPT),
  );
}

/** Calls of one statement, at most. */
const CALLS_MAX = 60;

class MysqlLeaseStore implements LeaseStore {
  readonly kind = "lease";
  readonly #settings: Settings;
  readonly #claims: GroupCommit<MysqlConnection, ClaimCall, Claim>;
  readonly #renewals: GroupCommit<MysqlConnection, SettlementCall, Settlement>;
  readonly #completions: GroupCommit<MysqlConnection, SettlementCall, Settlement>;
  readonly #releases: GroupCommit<MysqlConnection, SettlementCall, Settlement>;

  constructor(settings: Settings) {
    this.#settings = settings;
    const { table } = settings;
    this.#claims = this.#grouped(
      claims(
        table,
        async (connection, call) =>
          claimFrom(await tried(connection, claim(table, call, call.owner, call.leaseMs))),
        (call, answer) => this.#giveBack(call, answer),
      ),
    );
    this.#renewals = this.#grouped(
      settlements(table, RENEWAL, async (connection, call) =>
        settlementFrom(await tried(connection, renew(table, call, call, call.ms))),
      ),
    );
    this.#completions = this.#grouped(
      settlements(table, COMPLETION, async (connection, call) =>
        settlementFrom(await tried(connection, complete(table, call, call, call.ms))),
      ),
    );
    this.#releases = this.#grouped(
      settlements(table, RELEASE, async (connection, call) =>
        releasedFrom(await tried(connection, release(table, call, call, call.ms))),
      ),
    );
  }

  claim({ namespace, id }: DedupKey, owner: string, leaseMs: number): Promise<Claim> {
    return this.#claims.ask({ namespace, id, owner, leaseMs });
  }

  renew({ namespace, id }: DedupKey, { owner, fence }: Holder, leaseMs: number): Promise<Settlement> {
    return this.#renewals.ask({ namespace, id, owner, fence, ms: leaseMs });
  }

  complete({ namespace, id }: DedupKey, { owner, fence }: Holder): Promise<Settlement> {
    return this.#completions.ask({ namespace, id, owner, fence, ms: this.#settings.retentionMs });
  }

  release({ namespace, id }: DedupKey, { owner, fence }: Holder): Promise<Settlement> {
    return this.#releases.ask({ namespace, id, owner, fence, ms: this.#settings.retentionMs });
  }

  async forget(key: DedupKey): Promise<Forgetting> {
    const { table, retentionMs } = this.#settings;
    // Of a transactional store with the same table, whose row would have to be waited for.
    if (await this.#run((connection) => isInTransaction(connection, table, key))) return "pending";
    return forgettingFrom(
      await this.#run((connection) => tried(connection, forget(table, key, retentionMs))),
    );
  }

  async inspect(key: DedupKey): Promise<Inspection> {
    return this.#run((connection) => inspect(connection, this.#settings.table, key));
  }

  async #run<T>(use: (connection: MysqlConnection) => Promise<T>): Promise<T> {
    const { pool, timeoutMs } = this.#settings;
    const limit = new TimeLimit(timeoutMs, "MySQL");
    try {
      return await limit.over(withConnection(pool, limit, use));
    } catch (error) {
      throw explained(error, this.#settings);
    }
  }

  #grouped<Asked extends GroupCommitCall, Answer>(
    kind: GroupCommitKind<MysqlConnection, Asked, Answer>,
  ): GroupCommit<MysqlConnection, Asked, Answer> {
    const { pool, timeoutMs } = this.#settings;
    return new GroupCommit(
      {
        name: "MySQL",
        timeoutMs,
        callsMax: CALLS_MAX,
        afterTurn: setImmediate,
        withConnection: (controller, use) => withConnectionUntil(pool, controller, use),
        mayConcernOneKey,
        explained: (error) => explained(error, this.#settings),
      },
      kind,
    );
  }

  #giveBack({ namespace, id, owner }: ClaimCall, claim: Claim): void {
    if (claim.state !== "claimed") return;
    this.release({ namespace, id }, { owner, fence: claim.fence }).catch(leaseEndsByItself);
  }
}

/** Runs the statement of one call. */
async function tried(connection: MysqlConnection, sql: string): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    try {
      return (await writeAlone(connection, sql)).answer;
    } catch (error) {
      if (!isDeadlock(error) || tries === TRIES) throw error;
    }
  }
}

function settlementFrom(answer: number): Settlement {
  return answer === 0 ? "lost" : "ok";
}

function leaseEndsByItself(): void {}
