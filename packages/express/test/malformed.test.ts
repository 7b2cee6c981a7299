import { mintfaxWebhooks } from "@mintfax-webhooks/express";
import express from "express";
import { describeHostileInput } from "../../core/test/support/hostile-input.ts";

describeHostileInput("Express 5", (lanes) => {
  const receivers = [...lanes].map(([path, options]) => mintfaxWebhooks({ path, ...options }));
  return { receivers, listener: express().use(...receivers) };
});
