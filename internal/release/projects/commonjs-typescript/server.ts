import type { AddressInfo } from "node:net";
import { MintfaxWebhookError } from "@mintfax-webhooks/core";
import { ConfigurationError } from "@mintfax-webhooks/core/store";
import { type MintfaxWebhooks, mintfaxWebhooks } from "@mintfax-webhooks/express";
import express from "express";

const handled: string[] = [];
const webhooks: MintfaxWebhooks = mintfaxWebhooks().on("fax.delivered", ({ id, data: { object: fax } }) => {
  const pages: number | null = fax.pages;
  // @ts-expect-error: a fax has no such field
  fax.page_count;
  if (pages !== null) handled.push(id);
});
if (!(ConfigurationError.prototype instanceof MintfaxWebhookError)) throw new Error("two copies of core");

const app = express();
app.use(webhooks);
app.get("/handled", (_req, res) => {
  res.json(handled);
});
const server = app.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
