import { createServer } from "node:http";
import { createShutdown, mintfaxWebhooks } from "@mintfax-webhooks/express";
import express from "express";
import { SECRET, testShutdown } from "../../../test/support/shutdown-contract.ts";

testShutdown("Express", {
  createShutdown,
  serve(work) {
    const webhooks = mintfaxWebhooks({ secret: SECRET, onOutcome: () => {} }).on("*", work);
    return { server: createServer(express().use(webhooks)), webhooks };
  },
});
