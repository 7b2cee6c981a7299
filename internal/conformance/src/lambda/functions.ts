import codegenie from "@codegenie/serverless-express";
import awsLambdaFastify from "@fastify/aws-lambda";
import { getRequestListener } from "@hono/node-server";
import middy from "@middy/core";
import httpContentEncoding from "@middy/http-content-encoding";
import cors from "@middy/http-cors";
import httpErrorHandler from "@middy/http-error-handler";
import httpEventNormalizer from "@middy/http-event-normalizer";
import httpHeaderNormalizer from "@middy/http-header-normalizer";
import httpResponseSerializer from "@middy/http-response-serializer";
import httpSecurityHeaders from "@middy/http-security-headers";
import { createFetchHandler, type ReceiverOptions, type Webhooks } from "@mintfax-webhooks/core";
import { mintfaxWebhooks as forExpress } from "@mintfax-webhooks/express";
import { mintfaxWebhooks as forFastify } from "@mintfax-webhooks/fastify";
import { mintfaxWebhooks as forHono } from "@mintfax-webhooks/hono";
import { mintfaxWebhooks as forKoa } from "@mintfax-webhooks/koa";
import { mintfaxWebhooks as forLambda, toLambda } from "@mintfax-webhooks/lambda";
import vendia from "@vendia/serverless-express";
import express5 from "express";
import express4 from "express4";
import Fastify from "fastify";
import fastify4 from "fastify4";
import { Hono } from "hono";
import { handle } from "hono/aws-lambda";
import Koa from "koa";
import serverlessHttp from "serverless-http";
import { type LambdaEvent, LOAD_BALANCER_OF_SEVERAL_VALUES } from "./events.ts";

/** What AWS gets back. */
export interface LambdaResult {
  readonly statusCode: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly isBase64Encoded?: boolean;
}

type LambdaFunction = (event: LambdaEvent, context: object) => Promise<LambdaResult>;

/** Middleware that puts nothing in the place of the body. */
function behindMiddy(handler: LambdaFunction): LambdaFunction {
  const inFront = middy()
    .use(httpErrorHandler())
    .use(httpEventNormalizer())
    .use(httpHeaderNormalizer())
    .use(cors())
    .use(httpSecurityHeaders())
    .use(httpContentEncoding())
    .use(httpResponseSerializer({ serializers: [], defaultContentType: "application/json" }));
  return inFront.handler(handler as never) as never;
}

/** What is in front of the function leads other paths elsewhere. */
function besideHealth(options: Options, behind = (handler: LambdaFunction) => handler) {
  const webhooks = forLambda(options);
  const handler = behind(toLambda(webhooks) as LambdaFunction);
  const isHealth = ({ path, rawPath }: LambdaEvent) => path === "/health" || rawPath === "/health";
  const call: LambdaFunction = async (event, context) =>
    isHealth(event) ? { statusCode: 200, body: "fine" } : handler(event, context);
  return { webhooks, call };
}

/** A receiver in an application that also has `GET /health`. */
interface Receiving {
  readonly webhooks: Pick<Webhooks, "on" | "drain">;
  // biome-ignore lint/suspicious/noExplicitAny: each wrapper finds out by itself what kind of application it is given
  readonly app: any;
}

// biome-ignore lint/suspicious/noExplicitAny: the receivers have platforms of their own, and no option here uses one
type Options = ReceiverOptions<any>;

const APPS: Readonly<Record<string, (options: Options) => Receiving>> = {
  "Express 5": (options) => withExpress(express5, options),
  "Express 4": (options) => withExpress(express4, options),
  Koa(options) {
    const webhooks = forKoa(options);
    const app = new Koa().use(webhooks).use((ctx) => {
      if (ctx.path === "/health") ctx.body = "fine";
    });
    return { webhooks, app };
  },
  Hono(options) {
    const { webhooks, app } = withHono(options);
    return { webhooks, app: getRequestListener(app.fetch) };
  },
};

function withExpress(express: typeof express5, options: Options): Receiving {
  const webhooks = forExpress(options);
  const app = express().use(webhooks);
  app.get("/health", (_req, res) => void res.send("fine"));
  return { webhooks, app };
}

function withHono(options: Options) {
  const webhooks = forHono(options);
  return { webhooks, app: new Hono().use(webhooks).get("/health", (c) => c.text("fine")) };
}

const WRAPPERS: Readonly<Record<string, (app: Receiving["app"]) => LambdaFunction>> = {
  "@vendia/serverless-express": (app) => vendia.configure({ app }) as unknown as LambdaFunction,
  "@codegenie/serverless-express": (app) => codegenie.configure({ app }) as unknown as LambdaFunction,
  "serverless-http": (app) => serverlessHttp(app) as unknown as LambdaFunction,
};

/** Each framework in each wrapper, and what needs no wrapper for Node's requests. */
export const FUNCTIONS: readonly {
  readonly name: string;
  /** What may be in front of it. @fastify/aws-lambda reads no headers of several values. */
  readonly isMadeFor?: (inFront: string) => boolean;
  readonly create: (options: Options) => {
    readonly webhooks: Receiving["webhooks"];
    readonly call: LambdaFunction;
  };
}[] = [
  ...Object.entries(APPS).flatMap(([framework, createApp]) =>
    Object.entries(WRAPPERS).map(([wrapper, wrap]) => ({
      name: `${framework} in ${wrapper}`,
      create(options: Options) {
        const { webhooks, app } = createApp(options);
        return { webhooks, call: wrap(app) };
      },
    })),
  ),
  ...Object.entries({ "Fastify 5": Fastify, "Fastify 4": fastify4 }).map(([name, fastify]) => ({
    name: `${name} by @fastify/aws-lambda`,
    isMadeFor: (inFront: string) => inFront !== LOAD_BALANCER_OF_SEVERAL_VALUES,
    create(options: Options) {
      const webhooks = forFastify(options);
      const app = fastify();
      app.register(webhooks);
      app.get("/health", async () => "fine");
      return { webhooks, call: awsLambdaFastify(app as never) as unknown as LambdaFunction };
    },
  })),
  { name: "toLambda", create: (options) => besideHealth(options) },
  {
    name: "toLambda behind middleware of middy",
    create: (options) => besideHealth(options, behindMiddy),
  },
  {
    name: "Hono by hono/aws-lambda",
    create(options) {
      const { webhooks, app } = withHono(options);
      return { webhooks, call: handle(app) as unknown as LambdaFunction };
    },
  },
  {
    name: "a fetch handler below Hono, by hono/aws-lambda",
    create(options) {
      const webhooks = createFetchHandler(options);
      const app = new Hono().get("/health", (c) => c.text("fine")).mount("/webhooks/mintfax", webhooks);
      return { webhooks, call: handle(app) as unknown as LambdaFunction };
    },
  },
];
