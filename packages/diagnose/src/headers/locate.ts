import { type CapturedRequest, headerValues, withoutBlanks } from "../captured-request.ts";
import type { HeaderFault, HeaderFaultCode } from "./faults.ts";
import type { Part } from "./part.ts";

const SHOWN_NAME = 60;

/** The values of one of the three headers. */
export interface Located {
  /** Distinct values; none where the header is missing. */
  readonly values: readonly string[];
  readonly faults: readonly HeaderFault[];
}

/** Finds a header under its own name, or else under one that a proxy or framework may have given it. */
export function locate(request: CapturedRequest, part: Part): Located {
  const values = headerValues(request, `webhook-${part}`).filter((value) => value !== "");
  if (values.length === 1) return { values, faults: [] };
  if (values.length > 1) {
    return { values: [...new Set(values)], faults: [{ code: "header_repeated", part, detail: "" }] };
  }
  for (const [name, value] of request.headers) {
    const code = aliasOf(name, part);
    const text = withoutBlanks(value);
    if (code === undefined || text === "") continue;
    return { values: [text], faults: [{ code, part, detail: name.slice(0, SHOWN_NAME) }] };
  }
  return { values: [], faults: [] };
}

function aliasOf(name: string, part: Part): HeaderFaultCode | undefined {
  if (/^http_/i.test(name) && ends(name.slice("http_".length), part)) return "header_cgi";
  if (!ends(name, part)) return undefined;
  return name.toLowerCase() === `webhook_${part}` ? "header_underscored" : "header_renamed";
}

/** `x-webhook-id`, `svix-id`, `webhookid`, `x-mintfax-webhook-id`. */
function ends(name: string, part: Part): boolean {
  const plain = name.toLowerCase().replaceAll("_", "-");
  return new RegExp(`^(?:[a-z0-9-]+-)?(?:webhook-?|svix-)${part}$`).test(plain);
}
