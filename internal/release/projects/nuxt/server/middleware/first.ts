import { defineEventHandler, readBody } from "h3";

/** What the page says of a server middleware: h3 1 keeps the bytes of what it reads. */
export default defineEventHandler(async (event) => {
  if (event.method !== "POST") return;
  await readBody(event);
  console.log("something has read the body first");
});
