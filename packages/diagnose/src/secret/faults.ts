import { type Finding, type FindingCode, proven } from "../finding.ts";

/** Something about a secret that was not copied right. */
export interface SecretFault {
  readonly finding: Finding;
  /** The secret without it; undefined where that is not to be had. */
  readonly rest?: string;
  /** The receiver puts up with it. */
  readonly harmless: boolean;
}

// A name, and then what looks like a secret: base64 may end with an equals sign itself.
const NAME = /^(?:export\s+|set\s+|\$env:)?[A-Za-z_][A-Za-z0-9_]*\s*[=:]\s*(?=["'`]?\s*(?:v1,)?whsec_)/;
const FORM = "Expected whsec_ followed by base64.";
const VARIABLE = "MINTFAX_WEBHOOK_SECRET=whsec_...";

/** What is wrong with the outermost layer of a secret, undefined where nothing is. @param name "The secret" */
export function secretFault(text: string, name: string): SecretFault | undefined {
  if (/^\s|\s$/.test(text)) return aroundIt(text, name);
  if (/^["'`]|["'`]$/.test(text)) {
    const rest = text.replace(/^["'`]/, "").replace(/["'`]$/, "");
    return fault("secret_quoted", rest, {
      what: `${name} has quotes around it.`,
      why: `They are taken for a part of it. ${FORM}`,
      fix: "Take the quotes out. Docker's --env-file and many dashboards keep what a shell would remove.",
      example: VARIABLE,
    });
  }
  if (NAME.test(text)) {
    return fault("secret_pasted_with_name", text.replace(NAME, ""), {
      what: `${name} was pasted together with the variable's name.`,
      why: `It begins with a name and a sign such as =. ${FORM}`,
      fix: "Keep only what comes after it.",
      example: VARIABLE,
    });
  }
  if (/^v1[,=:]/.test(text)) {
    return fault("secret_pasted_with_v1", text.slice(3), {
      what: `${name} begins with \`v1,\`, which belongs to signatures.`,
      why: FORM,
      fix: "Take these three characters out.",
      example: VARIABLE,
    });
  }
  if (/\s/.test(text)) {
    return fault("secret_whitespace", text.replace(/\s+/g, ""), {
      what: `${name} holds ${/[\r\n]/.test(text) ? "a line break" : "whitespace"} in its middle.`,
      why: `It was probably broken when it was copied. ${FORM}`,
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
        fix: "Take the endpoint's signing secret. If the key was given away here, replace it.",
        example: VARIABLE,
      }),
    };
  }
  if (text.startsWith("whsec_test_")) {
    return {
      harmless: false,
      finding: proven("secret_test_style", {
        what: `${name} begins with whsec_test_, a form of mintfax's old signatures.`,
        why: "It is not base64 after whsec_; some decoders skip the `_` and make another key of it, others refuse it.",
        fix: "Create a new endpoint, and take its secret.",
        example: VARIABLE,
      }),
    };
  }
  if (!text.startsWith("whsec_") && /^[A-Za-z0-9+/]{22,}={0,2}$/.test(text)) {
    return fault("secret_prefix_missing", `whsec_${text}`, {
      what: `${name} lacks whsec_ at its start.`,
      why: FORM,
      fix: "Take the whole value, as mintfax shows it.",
      example: VARIABLE,
    });
  }
  const encoded = text.slice("whsec_".length);
  if (text.startsWith("whsec_") && /^[A-Za-z0-9+/]{22,}$/.test(encoded) && encoded.length % 4 > 1) {
    return fault("secret_padding_missing", text + "=".repeat(4 - (encoded.length % 4)), {
      what: `${name} lacks ${encoded.length % 4 === 2 ? "two equals signs" : "an equals sign"} at its end.`,
      why: `It may have been cut there, or further before: ${encoded.length} characters are no whole base64.`,
      fix: "Take the whole value, as mintfax shows it.",
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
        "Other checks may take it for a part of the key, and then nothing matches.",
      fix: "Drop it where the secret is read.",
      example: 'readFileSync("/run/secrets/mintfax", "utf8").trim()',
    }),
  };
}

function fault(code: FindingCode, rest: string, words: Parameters<typeof proven>[1]): SecretFault {
  return { rest, harmless: false, finding: proven(code, words) };
}
