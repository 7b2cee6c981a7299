import { withoutBlanks } from "../captured-request.ts";
import type { HeaderFault, HeaderFaultCode } from "./faults.ts";
import type { Part } from "./part.ts";

/** A header's value after what was done to it has been undone, with what that was. */
export interface Cleaned {
  readonly values: readonly string[];
  readonly faults: readonly HeaderFault[];
}

/** Of a joined header; the rest of it is passed over. */
const MOST_SPLIT = 64;

const QUOTED = /^(?<quote>\\"|"|')(?<inside>.*)\k<quote>$/;
const REDACTED = /^[*•x.]{3,}$|^\W?(?:redacted|filtered|hidden|masked|secret|removed)\W?$/i;

/** Things that happen to any header: quotes, percent-encoding, a comma between two of them, a black bar. */
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
  // A comma at an end counts too: something was joined to it, if only nothing.
  if (parts.length > 1 || parts[0] !== withoutBlanks(text)) add("header_joined");
  return { values: [...new Set(parts)], faults };
}

/** A comma may join two of them; within a signature, one belongs to `v1,`. */
function split(part: Part, text: string): string[] {
  // Blanks are cut off afterwards: `[\t ]*,` would look at every run of them from each of its places.
  const parts = text.split(part === "signature" ? /,(?=[\t ]*v1a?,)/ : ",", MOST_SPLIT).map(withoutBlanks);
  return part === "signature" ? parts : parts.filter((each) => each !== "");
}
