import { request } from "node:http";
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { openSandbox } from "./support/calls.ts";

/** With headers that `fetch` does not let through. */
function statusWith(url: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
}

describe("the sandbox", () => {
  test.each([
    ["another name that resolves here", { host: "rebound.example" }],
    ["another name with this port", { host: "rebound.example:80" }],
    ["a page of another origin", { origin: "https://evil.example" }],
    ["a page without an origin", { origin: "null" }],
    [
      "an image or a script of a page of another site",
      { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" },
    ],
    [
      "a page on another port of this machine",
      { "sec-fetch-site": "same-site", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" },
    ],
    [
      "a frame in a page of another site",
      { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" },
    ],
  ])("refuses %s", async (_, headers) => {
    const { sandbox } = await openSandbox();
    const authorization = `Bearer ${sandbox.apiKey}`;
    expect(await statusWith(`${sandbox.url}/faxes`, { authorization })).toBe(200);
    expect(await statusWith(`${sandbox.url}/faxes`, { authorization, ...headers })).toBe(403);
    expect(await statusWith(`${sandbox.url}/openapi.json`, headers)).toBe(403);
  });

  test("listens on loopback only", async () => {
    const { sandbox } = await openSandbox();
    expect(new URL(sandbox.url).hostname).toBe("127.0.0.1");
  });

  test.each(["/../../etc/passwd", "/faxes/..%2f..%2fetc%2fpasswd", "/webhooks/%00", "/faxes/%E0%A4%A"])(
    "answers a path that leads elsewhere as one that is not there: %s",
    async (path) => {
      const { sandbox } = await openSandbox();
      const authorization = `Bearer ${sandbox.apiKey}`;
      expect([400, 404]).toContain(await statusWith(sandbox.url + path, { authorization }));
    },
  );

  test("refuses an upload of more than 10 MB before it has read all of it", async () => {
    const { sandbox } = await openSandbox();
    const { hostname, port } = new URL(sandbox.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /v1/faxes HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer ${sandbox.apiKey}\r\n` +
        "content-type: multipart/form-data; boundary=x\r\ncontent-length: 50000000\r\n\r\n--x\r\n",
    );
    const [answer] = (await new Promise((resolve) => {
      socket.once("data", (data) => resolve(String(data).split("\r\n")));
    })) as string[];
    socket.destroy();
    expect(answer).toContain("413");
  });

  test("keeps markup and terminal sequences in tags as the text that they are", async () => {
    const { send } = await openSandbox();
    const { body, headers } = await send({ to: "+12125551234", tags: "note=<script>\u001b[2J</script>" });
    expect(body.tags.note).toBe("<script>\u001b[2J</script>");
    expect(headers.get("content-type")).toContain("application/json");
  });

  test("leaves nothing running once it is closed", async () => {
    const { post, sandbox, send } = await openSandbox({ timeScale: 1 });
    await post("/webhooks", { url: "http://127.0.0.1:9/" });
    await send({ to: "+12125551234" });
    await sandbox.close();
    await expect(fetch(`${sandbox.url}/faxes`)).rejects.toThrow();
  });
});
