import { type Finding, proven, suspected } from "./finding.ts";

/** Findings about the request as a whole that need no more than words. */

export function secretNotDecoded(): Finding {
  return proven("secret_not_decoded", {
    what: "The signature was made with the secret's text, not with the bytes it stands for.",
    why: "The key is the base64 after whsec_, decoded. With undecoded text as the key the signature matches, so mintfax did not make it.",
    fix: "Let the script or relay that signs decode the secret; signDelivery of @mintfax-webhooks/testing does.",
    example: 'Buffer.from(secret.slice("whsec_".length), "base64")',
  });
}

export function signedContentDiffers(content: string): Finding {
  return proven("signed_content_differs", {
    what: `The signature is one of ${content}.`,
    why: "Expected: `id.timestamp.body`, as Standard Webhooks has it. The secret is right, so the sender is a script of yours.",
    fix: "Let it sign what mintfax signs; signDelivery of @mintfax-webhooks/testing does.",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is an example
    example: 'hmac.update(`${id}.${timestamp}.`).update(body).digest("base64")',
  });
}

export function secretMatched(index: number, count: number): Finding {
  return proven("secret_matched", {
    what: `It was signed with secret ${index + 1} of ${count}.`,
    why: "The others do not match.",
    fix: "If this is not the endpoint you meant, mind that every endpoint has a secret of its own.",
  });
}

export function secretWrong(count: number): Finding {
  return suspected("secret_wrong", {
    what:
      count === 1
        ? "This is probably not the endpoint's secret."
        : "None of these secrets is the endpoint's.",
    why:
      "Headers and body are well-formed and nothing else explains it. Less likely: a value in the body was changed, " +
      "which looks the same from here.",
    fix:
      "Compare with the endpoint at Settings > Webhooks. Every endpoint has its own secret; sandbox and live never share one. " +
      "To try several at once, separate them by spaces.",
    example: 'MINTFAX_WEBHOOK_SECRET="whsec_... whsec_..."',
  });
}

export function methodNotPost(method: string): Finding {
  const shown = /^[A-Za-z]{1,10}$/.test(method) ? method.toUpperCase() : "another";
  return proven("method_not_post", {
    what: `This is a ${shown} request; mintfax delivers by POST.`,
    why: "Answered with 405, method_not_allowed. A redirect (301, 302, 303) turns POST into GET and drops the body.",
    fix: "Enter the final URL at mintfax: https, the right host, with or without the slash at its end.",
  });
}

export function idCaseChanged(): Finding {
  return proven("id_case_changed", {
    what: "The case of letters in webhook-id was changed.",
    why: "With the id as it is in the body the signature matches. Ids tell upper case from lower case.",
    fix: "Find what changes headers to lower or upper case, and let it leave their values alone.",
  });
}

export function idChanged(): Finding {
  return proven("id_changed", {
    what: "webhook-id was replaced by another id.",
    why: "With the id in the body the signature matches. The id is signed, since it is what duplicates are told by.",
    fix: "Find the gateway or relay that puts an id of its own there; let it use another header.",
    example: "X-Request-Id",
  });
}

export function idDiffers(isVerified: boolean): Finding {
  const words = {
    what: "webhook-id is not the id in the body.",
    why: isVerified
      ? "mintfax sends the same in both. The signature matches the header's, so the sender meant it."
      : "mintfax sends the same in both. These headers may belong to another delivery than this body.",
    fix: isVerified
      ? "If the sender is a script of yours, let it use one id."
      : "Take headers and body from one and the same attempt; a retry has its own timestamp and signature.",
  };
  return isVerified ? proven("id_differs_from_body", words) : suspected("id_differs_from_body", words);
}

export function notAnEnvelope(isJson: boolean): Finding {
  return proven("body_not_the_envelope", {
    what: `The signature is right, but the body is ${isJson ? "not mintfax's envelope" : "not JSON"}.`,
    why: `Expected {id, type, created, data: {object}}. Answered with 400, ${isJson ? "envelope_malformed" : "body_not_json"}.`,
    fix: "If the sender is a script of yours, let it send an event; eventFixture of @mintfax-webhooks/testing makes one.",
  });
}
