import { DEFAULT_PATH } from "@mintfax-webhooks/core/adapter";
import type { ReadAnswer } from "../output/answer.ts";

/** What may be the matter, where the answer itself does not say so; undefined where it does. */
export function hintFor({ status, outcome, message }: ReadAnswer, to: URL): string | undefined {
  if (status === null) return hintForSilence(message ?? "", to);
  if (outcome !== null) return undefined;
  if (status >= 200 && status <= 299) {
    return "The answer is not one of this library's receivers. Is it the right path?";
  }
  if (status >= 300 && status <= 399) {
    return "That is a redirect, which nobody promises that mintfax follows. Use the final URL.";
  }
  if (status === 401 || status === 403)
    return "Something in front of the receiver asks for its own credentials.";
  if (status === 404) {
    return `No route at ${to.pathname}. Unless it was told otherwise, a receiver is at ${DEFAULT_PATH}.`;
  }
  return undefined;
}

function hintForSilence(reason: string, to: URL): string | undefined {
  if (reason.includes("ECONNREFUSED")) {
    return `Nothing listens on port ${portOf(to)} there. Is the server running?`;
  }
  if (reason.includes("ENOTFOUND")) return `There is no host of the name ${to.hostname}.`;
  if (reason.includes("wrong version number")) return `No TLS is spoken there. Try http://${to.host}.`;
  if (/certificate|self-signed/i.test(reason)) {
    return "The certificate is not trusted. mintfax would not deliver either; for a test, NODE_EXTRA_CA_CERTS names one of your own.";
  }
  return undefined;
}

function portOf({ port, protocol }: URL): string {
  return port || (protocol === "https:" ? "443" : "80");
}
