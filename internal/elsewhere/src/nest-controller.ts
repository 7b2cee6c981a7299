/** What the page says of a receiver in a controller of Nest's: `node nest-controller.ts <port> [rawBody]`. */
import { mintfaxWebhooks } from "@mintfax-webhooks/express";
import { Controller, Module, Post, Req, Res } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import type { Request, Response } from "express";

const [, , port, rawBody] = process.argv;
const webhooks = mintfaxWebhooks();

class WebhooksController {
  receive(req: Request, res: Response): Promise<void> {
    return webhooks.handler(req, res);
  }
}

// Node strips types and leaves decorators, so they are called as functions here.
const { prototype } = WebhooksController;
const method = Object.getOwnPropertyDescriptor(prototype, "receive");
if (method !== undefined) Post("mintfax")(prototype, "receive", method);
Req()(prototype, "receive", 0);
Res()(prototype, "receive", 1);
Controller("webhooks")(WebhooksController);

class AppModule {}
Module({ controllers: [WebhooksController] })(AppModule);

const app = await NestFactory.create(AppModule, { rawBody: rawBody === "rawBody" });
await app.listen(Number(port));
