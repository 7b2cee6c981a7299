import { type Finding, type FindingCode, proven } from "../finding.ts";

/** A fault of a secret that was not copied right. */
export interface SecretFault {
  readonly finding: Finding;
  /** The secret without the fault; undefined where it cannot be removed. */
  readonly rest?: string;
  /** A receiver accepts the secret with this fault. */
  readonly harmless: boolean;
}

// A name, and then what looks like a secret: base64 may end with an equals sign itself.
const NAME = /^(?:export\s+|set\s+|\$env:)?[A-Za-z_][A-Za-z0-9_]*\s*[=:]\s*(?=["'`]?\s*(?:v1,)?whsec_)/;
const FORM = "Expected whsec_ followed by base64.";
const VARIABLE = "MINTFAX_WEBHOOK_SECRET=whsec_...";

/**
 * The fault of the outermost layer of a secret; undefined where there is none.
 *
 * @param name "The secret"
 */
export function secretFault(text: string, name: string): SecretFault | undefined {
  if (/^\s|\s$/.test(text)) return aroundIt(text, name);
  if (/^["'`]|["'`]$/.test(text)) {
    const rest = text.replace(/^["'`]/, "").replace(/["'`]$/, "");
    return fault("secret_quoted", rest, {
      what: `${name} has quotes around it.`,
      why: `The quotes count as a part of the secret. ${FORM}`,
      fix: "Remove the quotes. Docker's --env-file and many dashboards keep the quotes that a shell would remove.",
      example: VARIABLE,
    });
  }
  if (NAME.test(text)) {
    return fault("secret_pasted_with_name", text.replace(NAME, ""), {
      what: `${name} was pasted together with the variable's name.`,
      why: `It begins with a name and a sign such as =. ${FORM}`,
      fix: "Keep only the part after the sign.",
      example: VARIABLE,
    });
  }
  if (/^v1[,=:]/.test(text)) {
    return fault("secret_pasted_with_v1", text.slice(3), {
      what: `${name} begins with \`v1,\`, which belongs to signatures.`,
      why: FORM,
      fix: "Remove these three characters.",
      example: VARIABLE,
    });
  }
  if (/\s/.test(text)) {
    return fault("secret_whitespace", text.replace(/\s+/g, ""), {
      what: `${name} has ${/[\r\n]/.test(text) ? "a line break" : "whitespace"} in its middle.`,
      why: `It was probably split when it was copied. ${FORM}`,
      fix: "Put it on one line.",
      example: VARIABLE,
    });
  }
  return ofAnotherForm(text, name);
}

function ofAnotherForm(text: string, name: string): SecretFault | undefined {
  if (/^(?:mfx|fx)_(?:test|live|acct)_/.test(text)) {
    return {
      harmless: false,
      finding: proven("secret_is_api_key", {
        what: `${name} is one of mintfax's API keys.`,
        why: `Keys (mfx_..., fx_...) authorise API calls; they sign nothing. ${FORM}`,
        fix: "Use the endpoint's signing secret. If others may have seen the API key here, replace it.",
        example: VARIABLE,
      }),
    };
  }
  if (text.startsWith("whsec_test_")) {
    return {
      harmless: false,
      finding: proven("secret_test_style", {
        what: `${name} begins with whsec_test_, a form of mintfax's old signatures.`,
        why: "The part after whsec_ is not base64. Some decoders skip the `_` and get another key, others refuse the secret.",
        fix: "Create a new endpoint, and use its secret.",
        example: VARIABLE,
      }),
    };
  }
  if (!text.startsWith("whsec_") && /^[A-Za-z0-9+/]{22,}={0,2}$/.test(text)) {
    return fault("secret_prefix_missing", `whsec_${text}`, {
      what: `${name} lacks whsec_ at its start.`,
      why: FORM,
      fix: "Copy the whole value, as mintfax shows it.",
      example: VARIABLE,
    });
  }
  const encoded = text.slice("whsec_".length);
  if (text.startsWith("whsec_") && /^[A-Za-z0-9+/]{22,}$/.test(encoded) && encoded.length % 4 > 1) {
    return fault("secret_padding_missing", text + "=".repeat(4 - (encoded.length % 4)), {
      what: `${name} lacks ${encoded.length % 4 === 2 ? "two equals signs" : "an equals sign"} at its end.`,
      why: `It may have been cut there or earlier: ${encoded.length} characters are not complete base64.`,
      fix: "Copy the whole value, as mintfax shows it.",
      example: VARIABLE,
    });
  }
  return undefined;
}

function aroundIt(text: string, name: string): SecretFault {
  const place = /^\s/.test(text) ? (/\s$/.test(text) ? "around it" : "at its start") : "at its end";
  const kind = /^[\r\n]|[\r\n]$/.test(text) ? "a line break" : "whitespace";
  return {
    rest: text.trim(),
    harmless: true,
    finding: proven("secret_whitespace", {
      what: `${name} has ${kind} ${place}.`,
      why:
        "A receiver drops it, since whitespace separates secrets. " +
        "Other checks may take it for a part of the key, and then no signature matches.",
      fix: "Trim the secret where it is read.",
      example: 'readFileSync("/run/secrets/mintfax", "utf8").trim()',
    }),
  };
}

function fault(code: FindingCode, rest: string, words: Parameters<typeof proven>[1]): SecretFault {
  return { rest, harmless: false, finding: proven(code, words) };
}
