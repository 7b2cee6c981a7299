import { pino } from "pino";
import type { Log } from "./log.ts";

/** With pino. Levels by name, times for people, and neither process id nor host in every line. */
export function createPinoLog(): Log {
  return pino({
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level) => ({ level }) },
  });
}
