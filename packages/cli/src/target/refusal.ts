/** Of receivers in any language, for a delivery whose signature or time does not hold. Ours answer 400. */
const REFUSALS: ReadonlySet<number> = new Set([400, 401, 403, 422]);

export function isRefusal(status: number): boolean {
  return REFUSALS.has(status);
}
