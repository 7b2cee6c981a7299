/**
 * A platform for one function, on a server of this machine: `node serve-function.ts <file> <port>`. A Vercel function gets
 * a `Request`; an Azure function gets what the Functions host makes of one, with a body that has arrived.
 */
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { HttpRequest, HttpResponse } from "@azure/functions";

const [, , file = "", port] = process.argv;
const { POST, mintfax } = await import(pathToFileURL(file).href);

async function answer(request: Request): Promise<{ status: number; body: ArrayBuffer }> {
  if (request.method !== "POST") return { status: 405, body: new ArrayBuffer(0) };
  const response = POST === undefined ? await onAzure(request) : await POST(request);
  return { status: response.status, body: await response.arrayBuffer() };
}

async function onAzure(request: Request): Promise<HttpResponse> {
  const { method, url } = request;
  const headers = Object.fromEntries(request.headers);
  const body = { bytes: new Uint8Array(await request.arrayBuffer()) };
  return new HttpResponse(await mintfax(new HttpRequest({ method, url, headers, body })));
}

createServer(async (req, res) => {
  const body = req.method === "POST" ? await buffer(req) : null;
  const headers = Object.entries(req.headers).map(([name, value]): [string, string] => [name, String(value)]);
  const { status, body: answered } = await answer(
    new Request(`http://127.0.0.1${req.url}`, { method: req.method ?? "", headers, body }),
  );
  res.writeHead(status).end(new Uint8Array(answered));
}).listen(Number(port), "127.0.0.1");
