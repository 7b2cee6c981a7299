import { type CheckFinding, failedCheck, passedCheck } from "@mintfax-webhooks/core/store";
import { fileSystem } from "../network-file-system.ts";

const fs = (): typeof import("node:fs") => process.getBuiltinModule("node:fs");

/** In memory: gone with the machine's next start. */
const VOLATILE = /^(tmpfs|ramfs)$/;

const LEAST_BYTES = 64 * 1024 * 1024;

/** Where a database file is, and how much room there is for it. Nothing for what only Linux tells. */
export function checkDisk(path: string): CheckFinding[] {
  return [...place(path), ...space(path)];
}

function place(path: string): CheckFinding[] {
  const about = { code: "sqlite_disk", level: "warning" } as const;
  let found: ReturnType<typeof fileSystem>;
  try {
    found = fileSystem(fs().realpathSync(path), fs().readFileSync("/proc/self/mounts", "utf8"));
  } catch {
    return [];
  }
  const { type, isNetwork } = found;
  if (isNetwork) {
    return [
      failedCheck(
        { ...about, level: "error" },
        `The file is on a network file system (${type}), where SQLite can neither lock the file nor keep it whole.`,
        "Put it on a local disk, or take the store of @mintfax-webhooks/redis or @mintfax-webhooks/postgres.",
      ),
    ];
  }
  if (VOLATILE.test(type)) {
    return [
      failedCheck(
        about,
        `The file is in memory (${type}): a restart of the machine or container forgets every id.`,
        "Put it on a disk that outlives a restart.",
      ),
    ];
  }
  return [passedCheck(about, `The file is on a disk of this machine (${type}).`)];
}

function space(path: string): CheckFinding[] {
  const about = { code: "sqlite_space", level: "warning" } as const;
  try {
    const { bavail, bsize } = fs().statfsSync(path);
    const freeBytes = bavail * bsize;
    const message = `${Math.floor(freeBytes / (1024 * 1024))} MiB are free on the disk of the file.`;
    return [
      freeBytes >= LEAST_BYTES
        ? passedCheck(about, message)
        : failedCheck(
            about,
            `${message} A full disk refuses every claim.`,
            "Make room, or shorten retentionMs.",
          ),
    ];
  } catch {
    return [];
  }
}
