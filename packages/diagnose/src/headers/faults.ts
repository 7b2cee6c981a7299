import { type Finding, proven } from "../finding.ts";
import type { Part } from "./part.ts";

/** What can happen to any of the three headers. */
export type HeaderFaultCode =
  | "header_renamed"
  | "header_underscored"
  | "header_cgi"
  | "header_repeated"
  | "header_joined"
  | "header_quoted"
  | "header_url_encoded"
  | "header_redacted";

/** Something that happened to one of them. */
export interface HeaderFault {
  readonly code: HeaderFaultCode;
  readonly part: Part;
  /** The name it came under, where that is another one. */
  readonly detail: string;
}

interface Words {
  readonly what: (names: string, many: boolean, details: string) => string;
  readonly why: string;
  readonly fix: string;
  readonly example?: string;
}

const renamedTo: Words["what"] = (names, many, details) =>
  many ? `The headers ${names} came as ${details}.` : `The ${names} header came as ${details}.`;
const header = (names: string, many: boolean) => (many ? `The headers ${names}` : `The ${names} header`);
const value = (names: string, many: boolean) => (many ? `The values of ${names}` : `The value of ${names}`);

const WORDS: Readonly<Record<HeaderFaultCode, Words>> = {
  header_renamed: {
    what: renamedTo,
    why: "A receiver reads webhook-id, webhook-timestamp and webhook-signature: other names may be another sender's.",
    fix: "Find the proxy or relay that renames headers, and let it pass these three on as they are.",
  },
  header_underscored: {
    what: renamedTo,
    why: "Hyphens were replaced by underscores. nginx drops such headers altogether (underscores_in_headers).",
    fix: "Find what renames headers on the way, or turn the names back before they are verified.",
    example: 'name.replaceAll("_", "-")',
  },
  header_cgi: {
    what: renamedTo,
    why: "HTTP_ and underscores are how CGI, PHP, Ruby's Rack and Python's WSGI name headers in their environment.",
    fix: "Turn the names back before they are verified.",
    example: 'name.replace(/^HTTP_/, "").replaceAll("_", "-").toLowerCase()',
  },
  header_repeated: {
    what: (names, many) => `${header(names, many)} came more than once.`,
    why: "Exactly one is expected; a receiver does not guess which was meant, and answers header_repeated.",
    fix: "Find the proxy or relay that adds the header a second time instead of replacing it.",
  },
  header_joined: {
    what: (names, many) =>
      `${header(names, many)} ${many ? "hold" : "holds"} several values, joined by commas.`,
    why: "HTTP libraries join a header that came twice. Tokens of one signature have a space between them, no comma.",
    fix: "Find the proxy that adds the header again, or that joins the tokens, and let it pass the header on as it is.",
  },
  header_quoted: {
    what: (names, many) =>
      `${value(names, many)} ${many ? "have quotes around them" : "has quotes around it"}.`,
    why: "The quotes are taken for a part of it.",
    fix: "Find the relay or template that adds them. If only this capture has them, capture the plain value.",
  },
  header_url_encoded: {
    what: (names, many) => `${value(names, many)} ${many ? "are" : "is"} percent-encoded.`,
    why: "There is %2C, %2B, %3D or the like, where `,`, `+` and `=` were sent.",
    fix: "Find the relay that treats headers like parts of a URL.",
  },
  header_redacted: {
    what: (names, many) => `${value(names, many)} ${many ? "were" : "was"} blotted out in this capture.`,
    why: "Loggers hide what looks like a secret. A signature is none: it is good for this one body, for five minutes.",
    fix: "Take the headers from mintfax's dashboard, or exempt the three webhook-* headers in the logger.",
  },
};

/** One finding of each kind, with all the headers that it concerns. */
export function findingsFrom(faults: readonly HeaderFault[]): Finding[] {
  const codes = [...new Set(faults.map(({ code }) => code))];
  return codes.map((code) => {
    const concerned = faults.filter((fault) => fault.code === code);
    const names = [...new Set(concerned.map(({ part }) => `webhook-${part}`))];
    const { what, ...words } = WORDS[code];
    return proven(code, {
      ...words,
      what: what(listed(names), names.length > 1, listed(concerned.map(({ detail }) => detail))),
    });
  });
}

/** What to say of headers that are not there under any name. */
export function missing(parts: readonly Part[], note: string): Finding {
  const names = listed(parts.map((part) => `webhook-${part}`));
  return proven("header_missing", {
    what: `${header(names, parts.length > 1)} ${parts.length > 1 ? "are" : "is"} missing.`,
    why: `mintfax sends webhook-id, webhook-timestamp and webhook-signature with every delivery.${note}`,
    fix:
      "Look for a proxy, gateway or relay that passes only headers it knows, and add these three to its list; " +
      "and check that the capture holds all headers.",
  });
}

/** "a, b and c". */
function listed(names: readonly string[]): string {
  return names.join(", ").replace(/, ([^,]*)$/, " and $1");
}
