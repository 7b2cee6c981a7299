import { withoutBlanks } from "../captured-request.ts";
import type { HeaderFault, HeaderFaultCode } from "./faults.ts";
import type { Part } from "./part.ts";

/** A header's value after its faults were undone, and these faults. */
export interface Cleaned {
  readonly values: readonly string[];
  readonly faults: readonly HeaderFault[];
}

/** Values of one joined header. Further ones are ignored. */
const MOST_SPLIT = 64;

const QUOTED = /^(?<quote>\\"|"|')(?<inside>.*)\k<quote>$/;
const REDACTED = /^[*•x.]{3,}$|^\W?(?:redacted|filtered|hidden|masked|secret|removed)\W?$/i;

/** Undoes what happens to headers of any kind: quotes, percent-encoding, two values joined by a comma, a value hidden by a logger. */
export function clean(part: Part, value: string): Cleaned {
  const faults: HeaderFault[] = [];
  const add = (code: HeaderFaultCode) => faults.push({ code, part, detail: "" });
  let text = value;
  const quoted = QUOTED.exec(text)?.groups?.inside;
  if (quoted !== undefined) {
    text = withoutBlanks(quoted);
    add("header_quoted");
  }
  if (REDACTED.test(text)) {
    add("header_redacted");
    return { values: [], faults };
  }
  if (/%(?:2[BCF]|3D|20)/i.test(text)) {
    text = decodeURIComponent(text.replace(/%(?!2[BCF]|3D|20)/gi, "%25"));
    add("header_url_encoded");
  }
  const parts = split(part, text);
  // A comma at an end counts too: an empty value was joined.
  if (parts.length > 1 || parts[0] !== withoutBlanks(text)) add("header_joined");
  return { values: [...new Set(parts)], faults };
}

/** A comma may join two values. In a signature, a comma also belongs to `v1,`. */
function split(part: Part, text: string): string[] {
  // Spaces are removed afterwards: `[\t ]*,` would take quadratic time on a long run of them.
  const parts = text.split(part === "signature" ? /,(?=[\t ]*v1a?,)/ : ",", MOST_SPLIT).map(withoutBlanks);
  return part === "signature" ? parts : parts.filter((each) => each !== "");
}
