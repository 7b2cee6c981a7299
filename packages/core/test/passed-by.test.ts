import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Mounting } from "@mintfax-webhooks/core/adapter";
import { tellIfMissed } from "@mintfax-webhooks/core/node";
import { gate } from "test-support/gate";
import { expect, onTestFinished, test } from "vitest";
import { standardErrorLines } from "./support/standard-error.ts";

const lines = standardErrorLines();

/** Sends one delivery past three receivers, and answers it. */
async function passedBy(status: number): Promise<void> {
  const mountings = ["/a", "/b", "/c"].map((path) => new Mounting(path));
  const told = gate();
  const server = createServer((_, res) => {
    for (const mounting of mountings) tellIfMissed(mounting, "/faxes", res);
    res.once("finish", told.open).writeHead(status).end();
  }).listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  expect((await fetch(`http://127.0.0.1:${port}/faxes`, { method: "POST" })).status).toBe(status);
  await told.promise;
}

test("a delivery that is answered 404 is told by each receiver that let it pass", async () => {
  await passedBy(404);
  expect(lines).toEqual(
    ["/a", "/b", "/c"].map((path) =>
      expect.stringContaining(
        `a delivery to "/faxes" did not reach this receiver and was answered 404. The receiver takes deliveries to ${path},`,
      ),
    ),
  );
});

test.each([200, 401, 500])("of one that is answered %i nothing is told", async (status) => {
  await passedBy(status);
  expect(lines).toEqual([]);
});

test("a response gets one listener, however many receivers let it pass", () => {
  const added: string[] = [];
  const res = { statusCode: 404, once: (name: string) => added.push(name) };
  for (let n = 0; n < 20; n += 1) tellIfMissed(new Mounting(), "/faxes", res as never);
  expect(added).toEqual(["finish"]);
});
