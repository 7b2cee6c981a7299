import { DEFAULT_PATH } from "@mintfax-webhooks/core/adapter";
import type { ReadAnswer } from "../output/answer.ts";
import { isRefusal } from "./refusal.ts";

/** The likely problem, where the answer itself does not say it; undefined where it does. */
export function hintFor({ status, outcome, message }: ReadAnswer, to: URL): string | undefined {
  if (status === null) return hintForSilence(message ?? "", to);
  if (outcome !== null) return undefined;
  if (status >= 200 && status <= 299) {
    return "The answer is not from mintfax-webhooks. If your receiver is, check the path.";
  }
  if (status >= 300 && status <= 399) {
    return "This is a redirect, and mintfax does not say that it follows redirects. Use the final URL.";
  }
  if (isRefusal(status)) {
    return (
      "The receiver takes the delivery for a forged one, or something in front of it refuses it. Does the receiver have " +
      "this secret, and verify the bytes that came? docs/signature-refused.md."
    );
  }
  if (status === 404) {
    return `The server has no route at ${to.pathname}. The default path of a receiver is ${DEFAULT_PATH}.`;
  }
  return undefined;
}

function hintForSilence(reason: string, to: URL): string | undefined {
  if (reason.includes("ECONNREFUSED")) {
    return `No server listens on port ${portOf(to)} of ${to.hostname}. Is it running?`;
  }
  if (reason.includes("cut the connection")) {
    return "It may have crashed or been restarted while it worked: its log says why. mintfax would try again.";
  }
  if (reason.includes("bad port")) return `Have the server listen on another port than ${portOf(to)}.`;
  if (reason.includes("ENOTFOUND")) return `There is no host named ${to.hostname}.`;
  if (/wrong.version.number/i.test(reason))
    return `The server does not speak TLS on this port. Try http://${to.host}.`;
  if (/certificate|self-signed|_CERT|CERT_/i.test(reason)) {
    return "The certificate is not trusted, and mintfax would refuse it too. For a test, name the file of your own CA in NODE_EXTRA_CA_CERTS.";
  }
  return undefined;
}

function portOf({ port, protocol }: URL): string {
  return port || (protocol === "https:" ? "443" : "80");
}
