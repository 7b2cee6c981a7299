import { mintfaxWebhooks } from "@mintfax-webhooks/express";
import express from "express";

export const handled: string[] = [];
const webhooks = mintfaxWebhooks().on("fax.delivered", ({ id }) => {
  handled.push(id);
});
export const app = express().use(webhooks);
