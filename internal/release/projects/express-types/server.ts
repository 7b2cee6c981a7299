import { type MintfaxWebhooks, mintfaxWebhooks } from "@mintfax-webhooks/express";
import express from "express";

const webhooks: MintfaxWebhooks = mintfaxWebhooks().on("fax.delivered", (_, { platform: req }) => {
  const ip: string | undefined = req.ip;
  // @ts-expect-error: a request has no such member
  req.ipAddress;
  console.log(ip);
});

const app = express();
app.use(webhooks);
app.post("/my/path", webhooks.handler);
app.listen(3000);
