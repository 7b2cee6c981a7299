import type { IncomingMessage } from "node:http";
import type { CapturedRequest } from "@mintfax-webhooks/diagnose";
import { readCapture } from "../../src/read/read-capture.ts";
import { Caught, inHand } from "./captured.ts";
import { send } from "./send.ts";
import { onTheWire, serve } from "./wire.ts";

type Sent = Parameters<typeof send>[1];

/** As it arrives when nothing changes it. */
export async function direct(sent: Sent): Promise<CapturedRequest> {
  return readCapture(await onTheWire((url) => send(url, sent)));
}

/** What arrives behind a relay that reads a request its own way and sends it on with `fetch`. */
export async function behind(
  sent: Sent,
  relay: (req: IncomingMessage, headers: Headers) => Promise<BodyInit>,
): Promise<CapturedRequest> {
  const wire = onTheWire(async (target) => {
    const url = await serve(async (req, res) => {
      const headers = new Headers();
      for (const [name, value] of Object.entries(req.headers)) {
        // fetch computes these itself.
        if (!["host", "connection", "content-length", "transfer-encoding"].includes(name))
          headers.set(name, String(value));
      }
      const body = await relay(req, headers);
      if (typeof body !== "string" && !(body instanceof Uint8Array)) headers.delete("content-type");
      await fetch(target, { method: "POST", headers, body });
      res.end();
    });
    await send(url, sent);
  });
  return readCapture(await wire);
}

/** What the code of a server takes for the body. */
export async function inServer(
  sent: Sent,
  bodyOf: (req: IncomingMessage) => Promise<Uint8Array | string>,
): Promise<CapturedRequest> {
  const caught = new Caught();
  const url = await serve(async (req, res) => {
    const body = await bodyOf(req);
    res.end();
    caught.resolve(inHand(req, body));
  });
  await send(url, sent);
  return caught.promise;
}

export async function bytesOf(req: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks);
}
