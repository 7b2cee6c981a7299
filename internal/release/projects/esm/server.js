import { mintfaxWebhooks } from "@mintfax-webhooks/express";
import express from "express";

const handled = [];
const webhooks = mintfaxWebhooks().on("fax.delivered", ({ id }) => {
  handled.push(id);
});

const app = express();
app.use(webhooks);
app.get("/handled", (_req, res) => {
  res.json(handled);
});
const server = app.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
