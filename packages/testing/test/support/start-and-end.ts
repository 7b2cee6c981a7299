/** Starts an event whose retry is due in 10 s, and has nothing else to do. */
import { createTestSender, eventFixture } from "@mintfax-webhooks/testing";
import { SECRET } from "./secrets.ts";

const to = async (): Promise<Response> => {
  console.log("attempt");
  return new Response(null, { status: 500 });
};
createTestSender({ secret: SECRET, to }).start(eventFixture("fax.delivered"));
