import { type Finding, proven, suspected } from "./finding.ts";

/** The texts of findings about the request as a whole. */

export function secretNotDecoded(): Finding {
  return proven("secret_not_decoded", {
    what: "The signature was made with the secret's text, not with its decoded bytes.",
    why: "The key is the base64 after whsec_, decoded. The signature matches with the undecoded text as the key, so mintfax did not make it.",
    fix: "Make the script or relay that signs decode the secret, as signDelivery of @mintfax-webhooks/testing does.",
    example: 'Buffer.from(secret.slice("whsec_".length), "base64")',
  });
}

export function signedContentDiffers(content: string): Finding {
  return proven("signed_content_differs", {
    what: `The signature covers ${content}.`,
    why: "Expected `id.timestamp.body`, as in Standard Webhooks. The secret is right, so your own script is the sender.",
    fix: "Make it sign what mintfax signs, as signDelivery of @mintfax-webhooks/testing does.",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is an example
    example: 'hmac.update(`${id}.${timestamp}.`).update(body).digest("base64")',
  });
}

export function secretMatched(index: number, count: number): Finding {
  return proven("secret_matched", {
    what: `The request was signed with secret ${index + 1} of ${count}.`,
    why: "The others do not match.",
    fix: "If you meant another endpoint: every endpoint has its own secret.",
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
    fix: "Enter the final URL in mintfax's dashboard: https, the right host, and the right slash at the end.",
  });
}

export function idCaseChanged(): Finding {
  return proven("id_case_changed", {
    what: "The case of letters in webhook-id was changed.",
    why: "The signature matches with the id of the body. Upper and lower case differ in ids.",
    fix: "Find what changes headers to lower or upper case, and make it keep their values.",
  });
}

export function idChanged(): Finding {
  return proven("id_changed", {
    what: "webhook-id was replaced by another id.",
    why: "The signature matches with the id of the body. The id is signed because it identifies duplicates.",
    fix: "Find the gateway or relay that sets its own id there, and make it use another header.",
    example: "X-Request-Id",
  });
}

export function idDiffers(isVerified: boolean): Finding {
  const words = {
    what: "webhook-id is not the id in the body.",
    why: isVerified
      ? "mintfax sends the same id in both. The signature matches the id of the header, so the sender signed that one."
      : "mintfax sends the same id in both. Headers and body may belong to different deliveries.",
    fix: isVerified
      ? "If your own script is the sender, make it use one id."
      : "Take headers and body from the same attempt: a retry has its own timestamp and signature.",
  };
  return isVerified ? proven("id_differs_from_body", words) : suspected("id_differs_from_body", words);
}

export function notAnEnvelope(isJson: boolean): Finding {
  return proven("body_not_the_envelope", {
    what: `The signature is right, but the body is ${isJson ? "not mintfax's envelope" : "not JSON"}.`,
    why: `Expected {id, type, created, data: {object}}. Answered with 400, ${isJson ? "envelope_malformed" : "body_not_json"}.`,
    fix: "If your own script is the sender, make it send an event, as eventFixture of @mintfax-webhooks/testing makes it.",
  });
}
