import { createServer } from "node:http";
import { createShutdown, mintfaxWebhooks } from "@mintfax-webhooks/express";
import { SECRET, testShutdown } from "conformance/shutdown-contract";
import express from "express";

testShutdown("Express", {
  createShutdown,
  serve(work) {
    const webhooks = mintfaxWebhooks({ secret: SECRET, onOutcome: () => {} }).on("*", work);
    return { server: createServer(express().use(webhooks)), webhooks };
  },
});
