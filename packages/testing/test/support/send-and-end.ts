/** Sends one event to an app on a port of its own, and tells what is left that would keep the process alive. */
import { createServer } from "node:http";
import { createTestSender, eventFixture } from "@mintfax-webhooks/testing";
import { nodeServer } from "@mintfax-webhooks/testing/node";
import { SECRET } from "./secrets.ts";

const to = nodeServer(createServer((_, res) => setTimeout(() => res.end(), 20)));
const { status } = await createTestSender({ secret: SECRET, to }).attempt(eventFixture("fax.delivered"));
// The client lets go of its end once it has nothing else to send.
for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
const handles = process.getActiveResourcesInfo().filter((name) => name.startsWith("TCP"));
console.log(status, handles);
