import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { type LambdaEvent, type LambdaHandler, mintfaxWebhooks, toLambda } from "@mintfax-webhooks/lambda";
import { type AdapterTarget, createSuiteApp, type Lane, type SuiteApp } from "../adapter-suite/index.ts";
import { listen } from "./support/listen.ts";

/** A load balancer calls no function for a request that it has not got whole. */
const WHOLE_WITHIN_MS = 200;

/** The function's timeout. It returns before that, also where the store is still to be told of a completion. */
const TIMEOUT_MS = 6_000;

export const LAMBDA: AdapterTarget = {
  name: "AWS Lambda",
  start() {
    const suite = createSuiteApp();
    const functions = new Map(suite.lanes.map((lane) => [lane.path, functionOf(lane)]));
    const server = createServer((req, res) => {
      const { pathname } = new URL(req.url ?? "", "http://localhost");
      const handler = functions.get(pathname.replace(/\/$/, ""));
      if (handler === undefined) void answerOther(suite, pathname, req, res);
      else invoke(handler, req, res).catch(() => res.destroy());
    });
    return listen(server, suite, "AWS");
  },
};

function functionOf({ options: { path: _, ...options }, mount, ready }: Lane): LambdaHandler {
  const webhooks = mintfaxWebhooks(options);
  ready(webhooks);
  const handler = toLambda(webhooks);
  if (mount.by !== "use behind a parser") return handler;
  return (event, context) =>
    handler({ ...event, body: JSON.parse(String(Buffer.from(event.body ?? "", "base64"))) }, context);
}

/** As a load balancer whose target group has headers of several values. */
async function invoke(handler: LambdaHandler, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const timer = setTimeout(() => res.writeHead(408).end(() => res.destroy()), WHOLE_WITHIN_MS);
  const bytes = await buffer(req).finally(() => clearTimeout(timer));
  const endsAt = Date.now() + TIMEOUT_MS;
  const context = { getRemainingTimeInMillis: () => endsAt - Date.now() };
  const { statusCode, multiValueHeaders, body: text } = await handler(eventOf(req, bytes), context);
  res.writeHead(statusCode, { ...multiValueHeaders, "content-length": Buffer.byteLength(text) }).end(text);
}

function eventOf({ method = "", url = "", rawHeaders }: IncomingMessage, body: Buffer): LambdaEvent {
  const headers: Record<string, string[]> = Object.create(null);
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = "", value = ""] = rawHeaders.slice(index, index + 2);
    const key = name.toLowerCase();
    headers[key] = [...(headers[key] ?? []), value];
  }
  const event = {
    requestContext: { elb: { targetGroupArn: "arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/fax/1" } },
    httpMethod: method,
    path: url,
    multiValueHeaders: headers,
    body: body.toString("base64"),
    isBase64Encoded: true,
  };
  // It comes to a function as JSON.
  return JSON.parse(JSON.stringify(event)) as LambdaEvent;
}

async function answerOther(
  suite: SuiteApp,
  pathname: string,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  if (pathname === "/echo") res.end(JSON.stringify(JSON.parse((await buffer(req)).toString())));
  else {
    const answer = suite.control(req.url ?? "");
    if (answer === undefined) res.writeHead(404).end();
    else res.end(JSON.stringify(await answer));
  }
}
