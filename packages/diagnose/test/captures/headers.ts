import { execFile } from "node:child_process";
import { eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import { readHeaderText } from "../../src/read/header-text.ts";
import { readCapture } from "../../src/read/read-capture.ts";
import { type Capture, Caught, inHand } from "./captured.ts";
import { bytesOf, direct } from "./relays.ts";
import { COMPACT, OTHER_SECRET, SECRET, send, signed, withHeaders } from "./send.ts";
import { onTheWire, serve } from "./wire.ts";

type Changes = Parameters<typeof withHeaders>[1];

/** Behind something that changes headers on the way. */
function changed(
  name: string,
  findings: readonly string[],
  changesOf: (headers: Record<string, string>) => Changes,
): Capture {
  return {
    name,
    verdict: "explained",
    findings,
    capture: () => {
      const delivery = signed();
      return direct(withHeaders(delivery, changesOf({ ...delivery.headers })));
    },
  };
}

function renamed(rename: (part: string) => string): (headers: Record<string, string>) => Changes {
  return (headers) =>
    Object.fromEntries(
      ["id", "timestamp", "signature"].flatMap((part) => [
        [rename(part), headers[`webhook-${part}`]],
        [`webhook-${part}`, undefined],
      ]),
    );
}

export const HEADER_CAPTURES: readonly Capture[] = [
  changed("a gateway that drops headers it does not know", ["header_missing"], () => ({
    "webhook-id": undefined,
    "webhook-timestamp": undefined,
    "webhook-signature": undefined,
  })),
  changed("the signature dropped", ["header_missing"], () => ({ "webhook-signature": undefined })),
  changed("the id dropped", ["header_missing"], () => ({ "webhook-id": undefined })),
  changed("the timestamp dropped", ["header_missing"], () => ({ "webhook-timestamp": undefined })),
  changed(
    "in the names of Svix",
    ["header_renamed"],
    renamed((part) => `svix-${part}`),
  ),
  changed(
    "with x- in front",
    ["header_renamed"],
    renamed((part) => `x-webhook-${part}`),
  ),
  changed(
    "with underscores",
    ["header_underscored"],
    renamed((part) => `webhook_${part}`),
  ),
  {
    name: "out of the environment of a CGI script",
    verdict: "explained",
    findings: ["header_cgi"],
    capture: async () => {
      const { headers, body } = signed();
      const env = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [
          `HTTP_${name.toUpperCase().replaceAll("-", "_")}`,
          value,
        ]),
      );
      const script = "console.log(JSON.stringify(process.env))";
      const printed = await new Promise<string>((resolve, reject) =>
        execFile(process.execPath, ["-e", script], { env }, (error, stdout) =>
          error ? reject(error) : resolve(stdout),
        ),
      );
      return { method: "POST", headers: readHeaderText(Buffer.from(printed)), body };
    },
  },
  {
    name: "joined by Node, behind a proxy that adds them again",
    verdict: "explained",
    findings: ["header_joined"],
    capture: async () => {
      const caught = new Caught();
      const url = await serve(async (req, res) => {
        const { body } = inHand(req, await bytesOf(req));
        caught.resolve({
          headers: Object.entries(req.headers).map(([name, value]) => [name, String(value)]),
          body,
        });
        res.end();
      });
      const delivery = signed();
      const twice = ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => {
        const value = delivery.headers[name] ?? "";
        return [name, [value, value]];
      });
      await send(url, withHeaders(delivery, Object.fromEntries(twice)));
      return caught.promise;
    },
  },
  {
    name: "the tokens of a rotation joined by a comma",
    verdict: "explained",
    findings: ["header_joined"],
    capture: () => {
      const delivery = signed(COMPACT, { secret: [OTHER_SECRET, SECRET] });
      const signature = delivery.headers["webhook-signature"]?.replace(" ", ",");
      return direct(withHeaders(delivery, { "webhook-signature": signature }));
    },
  },
  changed("the id twice on the wire", ["header_repeated"], (headers) => ({
    "webhook-id": [headers["webhook-id"] ?? "", "evt_another"],
  })),
  changed("in quotes", ["header_quoted"], (headers) =>
    Object.fromEntries(
      ["id", "timestamp", "signature"].map((part) => [
        `webhook-${part}`,
        JSON.stringify(headers[`webhook-${part}`]),
      ]),
    ),
  ),
  changed("percent-encoded", ["header_url_encoded"], (headers) => ({
    "webhook-signature": encodeURIComponent(headers["webhook-signature"] ?? ""),
  })),
  changed("cut by a log field of 30 characters", ["signature_cut"], (headers) => ({
    "webhook-signature": headers["webhook-signature"]?.slice(0, 30),
  })),
  changed("without the = at its end", ["signature_cut"], (headers) => ({
    "webhook-signature": headers["webhook-signature"]?.replace(/=+$/, ""),
  })),
  changed("hidden by a logger", ["header_redacted"], () => ({ "webhook-signature": "[REDACTED]" })),
  changed("without its version", ["signature_prefix_missing"], (headers) => ({
    "webhook-signature": headers["webhook-signature"]?.slice(3),
  })),
  changed("no signature at all in it", ["signature_malformed"], () => ({
    "webhook-signature": "Bearer of news",
  })),
  changed("the id in lower case", ["id_case_changed"], (headers) => ({
    "webhook-id": headers["webhook-id"]?.toLowerCase(),
  })),
  changed("an id of the gateway's own", ["id_changed"], () => ({
    "webhook-id": "req_01J9XYZQ8KH7B3R0WXAZP8VW6F",
  })),
  changed("a date for a timestamp", ["timestamp_malformed"], (headers) => ({
    "webhook-timestamp": new Date(Number(headers["webhook-timestamp"]) * 1000).toISOString(),
  })),
  changed("the timestamp in milliseconds", ["timestamp_in_milliseconds"], (headers) => ({
    "webhook-timestamp": `${headers["webhook-timestamp"]}000`,
  })),
  {
    name: "a test sender's id with a dot in it",
    verdict: "explained",
    findings: ["id_malformed"],
    notes: ["id_differs_from_body"],
    capture: () => direct(signed(COMPACT, { id: "evt_8aZq.1" })),
  },
  {
    name: "the headers of another delivery",
    verdict: "suspected",
    findings: ["id_differs_from_body"],
    capture: () =>
      direct({
        headers: signDelivery(eventFixture("fax.queued"), { secret: SECRET }).headers,
        body: signed().body,
      }),
  },
  {
    name: "a plus that a relay turns into a space",
    verdict: "explained",
    findings: ["header_url_encoded"],
    capture: () => {
      // Every signature differs; this takes the first time at which there is a plus in it.
      for (let seconds = Math.floor(Date.now() / 1000); ; seconds -= 1) {
        const delivery = signed(COMPACT, { at: new Date(seconds * 1000) });
        const signature = delivery.headers["webhook-signature"] ?? "";
        if (!signature.includes("+")) continue;
        const form = new URLSearchParams(`signature=${signature.replaceAll("=", "%3D")}`);
        return direct(withHeaders(delivery, { "webhook-signature": form.get("signature") ?? "" }));
      }
    },
  },
  {
    name: "a redirect that made GET of POST",
    verdict: "explained",
    findings: ["body_empty", "method_not_post"],
    capture: async () => {
      const wire = onTheWire(async (target) => {
        const url = await serve((req, res) => {
          req.resume();
          res.writeHead(302, { location: target }).end();
        });
        const { headers, body } = signed();
        await fetch(url, { method: "POST", headers, body });
      });
      return readCapture(await wire);
    },
  },
];
