import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem } from "node:os";

/** Where figures come from. Others on the machine make them worse, and unlike. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  /** What runs that which is measured. */
  readonly runtime: string;
  readonly date: string;
}

export function machine(node: string | undefined): Machine {
  const all = cpus();
  return {
    processor: all[0]?.model ?? "unknown",
    cores: all.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: `${process.platform} ${release()}`,
    runtime: `Node ${node === undefined ? process.version : execFileSync(node, ["--version"]).toString().trim()}`,
    date: new Date().toISOString().slice(0, 10),
  };
}

export function machineText({ processor, cores, memoryGiB, kernel, runtime, date }: Machine): string {
  return `${date}, ${runtime}, ${cores} cores of ${processor}, ${memoryGiB} GiB, ${kernel}`;
}

/** How much others used of the machine since this was called: 0 for nothing, 1 for all of it. Linux only. */
export function watchOthers(): () => number | undefined {
  const before = times();
  return () => {
    const now = times();
    if (before === undefined || now === undefined) return undefined;
    const share = (now.busy - before.busy - (now.own - before.own)) / (now.all - before.all);
    return Math.max(0, share);
  };
}

/** The average number of processes that want a core. */
export function load(): number {
  return loadavg()[0] ?? 0;
}

/** In ticks: of the machine, and of this process with all children that have ended. */
function times(): { readonly busy: number; readonly all: number; readonly own: number } | undefined {
  try {
    const [, ...machine] = readFileSync("/proc/stat", "utf8")
      .split("\n", 1)
      .join("")
      .split(/\s+/)
      .map(Number);
    // user, nice, system, idle, iowait, irq, softirq, steal; guests are in user already.
    const all = machine.slice(0, 8).reduce((sum, ticks) => sum + ticks, 0);
    const busy = all - (machine[3] ?? 0) - (machine[4] ?? 0);
    const self = readFileSync("/proc/self/stat", "utf8")
      .replace(/^.*\) /s, "")
      .split(" ")
      .map(Number);
    // utime, stime, cutime, cstime
    const own = self.slice(11, 15).reduce((sum, ticks) => sum + ticks, 0);
    return { busy, all, own };
  } catch {
    return undefined;
  }
}
