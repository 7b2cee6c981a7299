import type { AddressInfo } from "node:net";
import { type MintfaxWebhooks, mintfaxWebhooks } from "@mintfax-webhooks/koa";
import Koa from "koa";

const handled: string[] = [];
const webhooks: MintfaxWebhooks = mintfaxWebhooks().on("fax.delivered", ({ id, data: { object: fax } }) => {
  const pages: number | null = fax.pages;
  // @ts-expect-error: a fax has no such field
  fax.page_count;
  if (pages !== null) handled.push(id);
});

const app = new Koa();
app.use(webhooks);
app.use((ctx) => {
  if (ctx.path === "/handled") ctx.body = handled;
});
const server = app.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
