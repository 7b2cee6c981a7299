import { mintfaxWebhooks } from "@mintfax-webhooks/express";
import { describeHostileInput } from "conformance/hostile-input";
import express from "express";

describeHostileInput("Express 5", (lanes) => {
  const receivers = [...lanes].map(([path, options]) => mintfaxWebhooks({ path, ...options }));
  return { receivers, listener: express().use(...receivers) };
});
