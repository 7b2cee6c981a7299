/** `2026-11-27 02:14`, UTC. */
export function minuteOf(time: string | Date): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString().slice(0, 16).replace("T", " ");
}
