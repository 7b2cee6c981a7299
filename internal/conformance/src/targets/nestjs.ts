import type { IncomingMessage } from "node:http";
import { json } from "node:stream/consumers";
import { getWebhooksToken, type MintfaxWebhooks, MintfaxWebhooksModule } from "@mintfax-webhooks/nestjs";
import { Body, Controller, Get, HttpCode, Module, Post, Req } from "@nestjs/common";
import { type AbstractHttpAdapter, NestFactory } from "@nestjs/core";
import { ExpressAdapter } from "@nestjs/platform-express";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import express from "express";
import { type AdapterTarget, createSuiteApp, type Lane, type SuiteApp } from "../adapter-suite/index.ts";
import { listen } from "./support/listen.ts";

export const NESTJS_ON_EXPRESS: AdapterTarget = targetOf("NestJS on Express", (parsed) => {
  const app = express();
  const parse = express.json();
  // Nest adds no parser to an app that uses one of this name.
  app.use(parsed, (req, res, next) => parse(req, res, next));
  return new ExpressAdapter(app);
});

export const NESTJS_ON_FASTIFY: AdapterTarget = targetOf("NestJS on Fastify", (parsed) => {
  const adapter = new FastifyAdapter();
  adapter.getInstance().addHook("onRequest", async ({ raw }) => {
    if (parsed.includes(raw.url ?? "")) await json(raw);
  });
  return adapter;
});

/** @param adapterFor makes an adapter that parses the bodies of requests to these paths before Nest is asked */
function targetOf(name: string, adapterFor: (parsed: string[]) => AbstractHttpAdapter): AdapterTarget {
  return {
    name,
    async start() {
      const suite = createSuiteApp();
      const parsed = suite.lanes.filter(({ mount: { by } }) => by === "use behind a parser");
      const app = await NestFactory.create(moduleOf(suite), adapterFor(parsed.map(({ path }) => path)), {
        logger: false,
      });
      for (const { path, ready } of suite.lanes) ready(app.get<MintfaxWebhooks>(getWebhooksToken(path)));
      await app.init();
      const instance = app.getHttpAdapter().getInstance();
      // Fastify's hooks and routes are there only then.
      await instance.ready?.();
      return listen(app.getHttpServer(), suite, "node");
    },
  };
}

/** Where a receiver is mounted is said by its `path` alone. */
function receiverOf({ path, options }: Lane) {
  return MintfaxWebhooksModule.forRoot({ ...options, name: path, path });
}

/** Decorated by hand: Node strips types and leaves decorators. */
function moduleOf(suite: SuiteApp) {
  class SuiteController {
    echo(body: object): object {
      return body;
    }

    control({ url = "" }: IncomingMessage): unknown {
      return Promise.resolve(suite.control(url)).then((answer) => JSON.stringify(answer));
    }
  }
  const { prototype } = SuiteController;
  const route = (name: string) => Object.getOwnPropertyDescriptor(prototype, name) as PropertyDescriptor;
  Post("/echo")(prototype, "echo", route("echo"));
  HttpCode(200)(prototype, "echo", route("echo"));
  Body()(prototype, "echo", 0);
  Get("/control/:command")(prototype, "control", route("control"));
  Req()(prototype, "control", 0);
  Controller()(SuiteController);
  class SuiteModule {}
  Module({ imports: suite.lanes.map(receiverOf), controllers: [SuiteController] })(SuiteModule);
  return SuiteModule;
}
