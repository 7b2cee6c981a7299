/// <reference path="./cloudflare-workers.d.ts" />
import { DurableObject } from "cloudflare:workers";
import type { Forgetting } from "@mintfax-webhooks/core";
import type { Claim, Holder, Inspection, Settlement } from "@mintfax-webhooks/core/store";
import { inspectionOf } from "./inspection.ts";
import type { Row } from "./row.ts";

/** The key of the only value in an object's storage. */
const ROW = "row";

/**
 * The first alarm comes this much later than the retention. By then the event's last claim is settled, mintfax's own retries
 * included, so most ids need one alarm only.
 */
const ALARM_SLACK_MS = 3_600_000;

/**
 * The Durable Object behind `createDurableObjectStore`: one object for each id, which deletes itself when the retention of its
 * id is over. Export it from your Worker's main module, and bind it as a SQLite-backed class.
 *
 * It has no settings: the store sends them with every call. Only the store should call it.
 *
 * @example
 * ```ts
 * // src/worker.ts; wrangler.jsonc: { "durable_objects": { "bindings": [
 * //   { "name": "MINTFAX_DEDUP", "class_name": "MintfaxDedup" }] },
 * //   "migrations": [{ "tag": "mintfax-dedup-1", "new_sqlite_classes": ["MintfaxDedup"] }] }
 * export { MintfaxDedup } from "@mintfax-webhooks/cloudflare/durable-object";
 * ```
 */
export class MintfaxDedup extends DurableObject {
  /** As `LeaseStore.claim`. */
  async claim(owner: string, leaseMs: number, retentionMs: number): Promise<Claim> {
    // Before the row, so that every row has its alarm even if one of the two writes fails.
    if (this.#read() === undefined)
      await this.ctx.storage.setAlarm(Date.now() + retentionMs + ALARM_SLACK_MS);
    const nowMs = Date.now();
    const row = this.#read();
    if (row?.state === "done" && nowMs < row.expiresMs) return { state: "done" };
    const again = row?.state === "pending" && row.owner === owner;
    if (row?.state === "pending" && !again && nowMs < row.leaseUntilMs) return { state: "pending" };

    // At least the time, so that fences grow even after the object has deleted itself.
    const fence = again ? row.fence : Math.max((row?.fence ?? 0) + 1, nowMs);
    const leaseUntilMs = nowMs + leaseMs;
    this.#write({ state: "pending", owner, fence, leaseUntilMs, expiresMs: leaseUntilMs + retentionMs });
    return { state: "claimed", fence };
  }

  /** As `LeaseStore.renew`. */
  renew(holder: Holder, leaseMs: number, retentionMs: number): Settlement {
    const row = this.#read();
    if (row?.state !== "pending" || !isHeldBy(row, holder)) return "lost";
    const leaseUntilMs = Date.now() + leaseMs;
    this.#write({ ...row, leaseUntilMs, expiresMs: leaseUntilMs + retentionMs });
    return "ok";
  }

  /** As `LeaseStore.complete`. */
  complete(holder: Holder, retentionMs: number): Settlement {
    const row = this.#read();
    if (row === undefined || !isHeldBy(row, holder) || row.state === "released") return "lost";
    if (row.state === "pending") {
      this.#write({ ...row, state: "done", expiresMs: Date.now() + retentionMs });
    }
    return "ok";
  }

  /** As `LeaseStore.release`. */
  release(holder: Holder, retentionMs: number): Settlement {
    const row = this.#read();
    if (row === undefined || row.state === "released") return "ok";
    if (row.state !== "pending" || !isHeldBy(row, holder)) return "lost";
    this.#write({ ...row, state: "released", expiresMs: Date.now() + retentionMs });
    return "ok";
  }

  /** As `LeaseStore.forget`. */
  forget(retentionMs: number): Forgetting {
    const nowMs = Date.now();
    const row = this.#read();
    if (row?.state === "pending" && nowMs < row.leaseUntilMs) return "pending";
    if (row?.state !== "done" || nowMs >= row.expiresMs) return "absent";
    this.#write({ ...row, state: "released", expiresMs: nowMs + retentionMs });
    return "forgotten";
  }

  /** As `LeaseStore.inspect`. */
  inspect(): Inspection {
    return inspectionOf(this.#read(), Date.now());
  }

  /** Called by Cloudflare. Deletes the object's storage, and so the object, unless its id was used since. */
  override async alarm(): Promise<void> {
    const row = this.#read();
    if (row !== undefined && Date.now() < row.expiresMs) {
      await this.ctx.storage.setAlarm(row.expiresMs);
      return;
    }
    // Before compatibility date 2026-02-24, deleteAll() leaves the alarm's own storage, which would stay for each id.
    // Both at once, so that no claim comes in between.
    await Promise.all([this.ctx.storage.deleteAlarm(), this.ctx.storage.deleteAll()]);
  }

  #read(): Row | undefined {
    return this.ctx.storage.kv.get<Row>(ROW);
  }

  #write(row: Row): void {
    this.ctx.storage.kv.put(ROW, row);
  }
}

/** The owner is compared too: if an object lost its storage and its clock was set back, a fence could repeat. */
function isHeldBy(row: Row, { owner, fence }: Holder): boolean {
  return row.fence === fence && row.owner === owner;
}
