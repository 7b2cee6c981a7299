import { type CheckFinding, clockFinding, failedCheck, passedCheck } from "@mintfax-webhooks/core/store";
import type { Facts } from "./facts.ts";

/** How the facts were had. */
export interface Circumstances {
  readonly askedMs: number;
  readonly answeredMs: number;
  readonly keyPrefix: string;
  readonly waitReplicas: number;
  readonly isClusterClient: boolean;
  /** As `CONFIG GET` says; undefined where it cannot be asked. */
  readonly appendfsync: string | undefined;
}

/** What the facts mean for a store. */
export function findingsFrom(facts: Facts, circumstances: Circumstances): CheckFinding[] {
  const { info } = facts;
  const clock = clockFinding("Redis", { ...circumstances, serverMs: facts.nowMs });
  const always = [permissions(facts, circumstances), clock];
  if (info.size === 0) return [...always, untold()];
  return [
    ...always,
    version(info),
    role(info),
    mode(info, circumstances),
    eviction(info),
    memory(info),
    persistence(info, circumstances),
    ...replicas(info, circumstances),
  ];
}

type Info = Facts["info"];

function permissions({ denied, tellsDenied }: Facts, { keyPrefix }: Circumstances): CheckFinding {
  const about = { code: "redis_permissions", level: "error" } as const;
  if (!tellsDenied) {
    return {
      ...about,
      ok: "unknown",
      message: "Redis before version 7 does not say which commands a user may run.",
    };
  }
  return denied.length === 0
    ? passedCheck(about, "The user may run the store's commands on its keys.")
    : failedCheck(
        about,
        `The user may not run ${denied.join(", ")} on keys that start with ${JSON.stringify(keyPrefix)}.`,
        `Grant it with ACL SETUSER: ~${keyPrefix}* ${denied.map((command) => `+${command.toLowerCase()}`).join(" ")}.`,
      );
}

function untold(): CheckFinding {
  return {
    code: "redis_info",
    level: "warning",
    ok: "unknown",
    message:
      "The user may not run INFO, so eviction, persistence, memory and the server's role cannot be seen.",
    fix: "Grant it with ACL SETUSER: +info.",
  };
}

const OLDEST = 5;

function version(info: Info): CheckFinding {
  const about = { code: "redis_version", level: "error" } as const;
  const said = info.get("redis_version") ?? "";
  const message = `Redis is version ${said}.`;
  return Number.parseInt(said, 10) >= OLDEST
    ? passedCheck(about, message)
    : failedCheck(about, message, `Update it to ${OLDEST} or newer.`);
}

function role(info: Info): CheckFinding {
  const about = { code: "redis_role", level: "error" } as const;
  return info.get("role") === "slave"
    ? failedCheck(
        about,
        "The server is a replica, which takes no writes.",
        "Connect to the primary, by Sentinel for example.",
      )
    : passedCheck(about, "The server is a primary.");
}

function mode(info: Info, { isClusterClient }: Circumstances): CheckFinding {
  const about = { code: "redis_cluster", level: "error" } as const;
  const isCluster = info.get("redis_mode") === "cluster";
  return isCluster && !isClusterClient
    ? failedCheck(
        about,
        "The server is a node of a cluster, and the client is not a cluster client: keys of other nodes fail.",
        "Connect with new Cluster() of ioredis, or createCluster() of redis.",
      )
    : passedCheck(about, `The client is right for ${isCluster ? "a cluster" : "a single server"}.`);
}

function eviction(info: Info): CheckFinding {
  const about = { code: "redis_eviction", level: "warning" } as const;
  const policy = info.get("maxmemory_policy");
  if (policy === undefined)
    return { ...about, ok: "unknown", message: "The server does not tell its eviction policy." };
  const never = policy === "noeviction";
  if (never || info.get("maxmemory") === "0") {
    return passedCheck(about, `The server evicts no key (${never ? policy : "maxmemory is 0"}).`);
  }
  return failedCheck(
    about,
    `maxmemory-policy is ${policy}: at ${info.get("maxmemory")} bytes the server evicts ids, and their events are processed twice.`,
    "Set maxmemory-policy noeviction, or give the store a server of its own.",
  );
}

const NEARLY_FULL = 0.9;

function memory(info: Info): CheckFinding {
  const most = Number(info.get("maxmemory") ?? 0);
  const used = Number(info.get("used_memory") ?? 0);
  const isFull = most > 0 && used >= most;
  // A full server that evicts still takes writes.
  const about = {
    code: "redis_memory",
    level: isFull && info.get("maxmemory_policy") === "noeviction" ? "error" : "warning",
  } as const;
  const message = `${used} bytes are in use${most === 0 ? "" : `, of ${most}`}.`;
  return most > 0 && used >= NEARLY_FULL * most
    ? failedCheck(
        about,
        `${message} A full server refuses writes.`,
        "Raise maxmemory, or shorten retentionMs.",
      )
    : passedCheck(about, message);
}

/** What Redis loses in a restart is processed twice. */
function persistence(info: Info, { appendfsync }: Circumstances): CheckFinding {
  const about = { code: "redis_persistence", level: "warning" } as const;
  if (info.get("aof_last_write_status") === "err" || info.get("rdb_last_bgsave_status") === "err") {
    return failedCheck(
      about,
      "The server's last write to its disk failed.",
      "Look into its log: the disk may be full.",
    );
  }
  if (info.get("aof_enabled") !== "1") {
    return failedCheck(
      about,
      "appendonly is off: a restart of the server forgets ids, and their events can be processed twice.",
      "Set appendonly yes, with appendfsync everysec or always.",
    );
  }
  if (appendfsync === "no") {
    return failedCheck(
      about,
      "appendfsync is no: the system decides when it writes to the disk.",
      "Set appendfsync everysec or always.",
    );
  }
  const loss = { always: "nothing", everysec: "some 2 s" }[appendfsync ?? ""];
  return passedCheck(about, `appendonly is on${loss === undefined ? "" : `: a crash loses ${loss}`}.`);
}

function replicas(info: Info, { waitReplicas }: Circumstances): CheckFinding[] {
  if (waitReplicas === 0) return [];
  const about = { code: "redis_replicas", level: "error" } as const;
  const count = Number(info.get("connected_slaves") ?? 0);
  const message = `${count} replicas are connected; waitReplicas is ${waitReplicas}.`;
  return [
    count >= waitReplicas
      ? passedCheck(about, message)
      : failedCheck(
          about,
          `${message} No change is confirmed, so every delivery is answered with 503.`,
          "Bring the replicas back, or lower waitReplicas.",
        ),
  ];
}
