import { holdsSeveral } from "../capture-words.ts";
import type { CapturedRequest } from "../captured-request.ts";
import { UnreadableCaptureError } from "./error.ts";

/** The headers of mintfax, under their own names or the ones that a relay may have given them. */
const OURS = /(?:webhook|svix)[-_]?(?:id|timestamp|signature)$|^x-mintfax-/i;
const ALL = 3;

/**
 * Of all requests in a capture the one to diagnose: a POST with webhook-* headers and a body, the first of several.
 *
 * @throws {UnreadableCaptureError} where there are several requests, or another than a POST, and none has one of these headers
 */
export function choose(requests: readonly CapturedRequest[]): CapturedRequest {
  const [only, ...others] = requests;
  if (only === undefined) throw new UnreadableCaptureError("it holds no request");
  // A POST that lost the headers on its way is a finding. A GET without them is another request.
  if (others.length === 0 && (isPost(only) || oursOf(only) > 0)) return only;
  const ranked = requests
    .map((request) => ({ request, ours: oursOf(request) }))
    .filter(({ ours }) => ours > 0);
  if (ranked.length === 0) {
    throw new UnreadableCaptureError(
      others.length === 0
        ? "its request is not a POST and has no webhook-* headers"
        : `none of its ${requests.length} requests has webhook-* headers`,
    );
  }
  const rank = ({ request, ours }: (typeof ranked)[number]): number =>
    4 * ours + (isPost(request) ? 2 : 0) + (request.body.length > 0 ? 1 : 0);
  const best = ranked.reduce((one, other) => (rank(other) > rank(one) ? other : one));
  // A delivery may be logged more than once.
  const deliveries = [...new Set(ranked.map(({ request }) => deliveryOf(request)))];
  if (deliveries.length === 1) return best.request;
  const note = holdsSeveral(deliveries.length, deliveries.indexOf(deliveryOf(best.request)) + 1);
  return { ...best.request, notes: [...(best.request.notes ?? []), note] };
}

function isPost({ method }: CapturedRequest): boolean {
  return method === undefined || method.toUpperCase() === "POST";
}

export function hasOurs(request: CapturedRequest): boolean {
  return oursOf(request) > 0;
}

function deliveryOf({ headers }: CapturedRequest): string {
  return JSON.stringify(headers.filter(([name]) => OURS.test(name)).map(([, value]) => value));
}

function oursOf({ headers }: CapturedRequest): number {
  return Math.min(ALL, headers.filter(([name]) => OURS.test(name)).length);
}
