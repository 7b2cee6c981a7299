import { type Finding, proven } from "../finding.ts";
import { listed } from "./listed.ts";
import type { Part } from "./part.ts";

/** The faults that each of the three headers may have. */
export type HeaderFaultCode =
  | "header_renamed"
  | "header_underscored"
  | "header_cgi"
  | "header_repeated"
  | "header_joined"
  | "header_quoted"
  | "header_url_encoded"
  | "header_redacted";

/** A fault of one header. */
export interface HeaderFault {
  readonly code: HeaderFaultCode;
  readonly part: Part;
  /** The other name under which the header arrived, or empty. */
  readonly detail: string;
}

interface Words {
  readonly what: (names: string, many: boolean, details: string) => string;
  readonly why: string;
  readonly fix: string;
  readonly example?: string;
}

const renamedTo: Words["what"] = (names, many, details) =>
  many ? `The headers ${names} arrived as ${details}.` : `The ${names} header arrived as ${details}.`;
const header = (names: string, many: boolean) => (many ? `The headers ${names}` : `The ${names} header`);
const value = (names: string, many: boolean) => (many ? `The values of ${names}` : `The value of ${names}`);

const WORDS: Readonly<Record<HeaderFaultCode, Words>> = {
  header_renamed: {
    what: renamedTo,
    why: "A receiver reads only webhook-id, webhook-timestamp and webhook-signature: other names may be another sender's.",
    fix: "Find the proxy or relay that renames headers, and make it pass these three on unchanged.",
  },
  header_underscored: {
    what: renamedTo,
    why: "Hyphens were replaced by underscores. nginx drops such headers by default (underscores_in_headers).",
    fix: "Find what renames headers on the way, or restore the names before the check.",
    example: 'name.replaceAll("_", "-")',
  },
  header_cgi: {
    what: renamedTo,
    why: "HTTP_ and underscores are how CGI, PHP, Ruby's Rack and Python's WSGI name headers in their environment.",
    fix: "Restore the names before the check.",
    example: 'name.replace(/^HTTP_/, "").replaceAll("_", "-").toLowerCase()',
  },
  header_repeated: {
    what: (names, many) => `${header(names, many)} arrived more than once.`,
    why: "A receiver expects exactly one and does not choose between several: it answers header_repeated.",
    fix: "Find the proxy or relay that adds the header a second time instead of replacing it.",
  },
  header_joined: {
    what: (names, many) =>
      `${header(names, many)} ${many ? "hold" : "holds"} several values, joined by commas.`,
    why: "HTTP libraries join a header that arrived twice. Tokens of one signature are separated by spaces, not by commas.",
    fix: "Find the proxy that adds the header again or joins the tokens, and make it pass the header on unchanged.",
  },
  header_quoted: {
    what: (names, many) =>
      `${value(names, many)} ${many ? "have quotes around them" : "has quotes around it"}.`,
    why: "A receiver takes the quotes for a part of the value.",
    fix: "Find the relay or template that adds them. If only this capture has them, capture the plain value.",
  },
  header_url_encoded: {
    what: (names, many) => `${value(names, many)} ${many ? "are" : "is"} percent-encoded.`,
    why: "It has %2C, %2B or %3D where mintfax sent `,`, `+` or `=`.",
    fix: "Find the relay that encodes headers like parts of a URL.",
  },
  header_redacted: {
    what: (names, many) => `${value(names, many)} ${many ? "were" : "was"} hidden in this capture.`,
    why: "Loggers hide values that look like secrets. A signature is not a secret: it is valid for this one body, for five minutes.",
    fix: "Take the headers from mintfax's dashboard, or exempt the three webhook-* headers in the logger.",
  },
};

/** One finding for each kind of fault, with all headers that have it. */
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

/** The finding for headers that are missing under every name. */
export function missing(parts: readonly Part[], note: string): Finding {
  const names = listed(parts.map((part) => `webhook-${part}`));
  return proven("header_missing", {
    what: `${header(names, parts.length > 1)} ${parts.length > 1 ? "are" : "is"} missing.`,
    why: `mintfax sends webhook-id, webhook-timestamp and webhook-signature with every delivery.${note}`,
    fix:
      "Look for a proxy, gateway or relay that passes on only the headers it knows, and add these three to its list. " +
      "Check that the capture holds all headers.",
  });
}
