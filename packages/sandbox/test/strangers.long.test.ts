import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createSandbox } from "@mintfax-webhooks/sandbox";
import { openAttemptsPage } from "@mintfax-webhooks/sandbox/attempts-page";
import { collectGarbage } from "test-support/collect-garbage";
import { describe, expect, onTestFinished, test } from "vitest";

function bytesInUse(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** A connection that takes nothing of an answer beyond its beginning. */
class RawConnection {
  readonly socket: Socket;
  /** What came before the first pause. */
  readonly answered: Promise<string>;
  readonly closed: Promise<unknown>;

  constructor(url: string, request = "") {
    const { hostname, port } = new URL(url);
    this.socket = connect(Number(port), hostname);
    this.socket.on("error", () => {});
    this.answered = new Promise((resolve) => {
      this.socket.once("data", (data) => {
        this.socket.pause();
        resolve(String(data));
      });
    });
    // Whether or not with an error: the server may close while more is written to it.
    this.closed = new Promise((resolve) => this.socket.once("close", resolve));
    this.socket.write(request);
  }

  async status(): Promise<string> {
    return (await this.answered).split(" ")[1] ?? "";
  }
}

const closeAll = (connections: readonly RawConnection[]): void => {
  for (const { socket } of connections) socket.destroy();
};

/** A page without deliveries, and what a request to it needs. */
async function openPage() {
  const page = await openAttemptsPage({ url: "http://127.0.0.1:9/webhooks/mintfax", secrets: [] });
  onTestFinished(() => page.close());
  const { host, origin } = new URL(page.url);
  const opened = await fetch(page.url, { redirect: "manual" });
  const [cookie = ""] = (opened.headers.get("set-cookie") ?? "").split(";");
  const stream = `GET /page/changes HTTP/1.1\r\nhost: ${host}\r\ncookie: ${cookie}\r\n\r\n`;
  return { page, origin, cookie, stream };
}

describe("connections of strangers", () => {
  test("up to 2,000 are taken, further ones are told so, and closed ones make room", async () => {
    const sandbox = await createSandbox();
    onTestFinished(() => sandbox.close());
    const { host } = new URL(sandbox.url);
    const before = bytesInUse();
    const connections: RawConnection[] = [];
    // They send the beginning of a request, and no more.
    while (connections.length < 3_000) {
      const batch = Array.from({ length: 100 }, () => new RawConnection(sandbox.url, "GET / HTTP/1.1\r\n"));
      await Promise.all(batch.map(({ socket }) => once(socket, "connect")));
      connections.push(...batch);
    }
    expect(bytesInUse() - before).toBeLessThan(200 * 2 ** 20);
    const answers = await Promise.all(connections.map(({ answered }) => answered));
    const refused = answers.filter((answer) => answer.startsWith("HTTP/1.1 503 "));
    // The first ones may have been given up, and have made room, before the last ones came.
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThanOrEqual(1_000);
    expect(refused[0]).toContain("2000 connections are open already");
    expect(answers.filter((answer) => !/^HTTP\/1.1 (503|408) /.test(answer))).toEqual([]);
    closeAll(connections);
    const request = `GET /v1/openapi.json HTTP/1.1\r\nhost: ${host}\r\n\r\n`;
    const statusNow = async (): Promise<string> => {
      const connection = new RawConnection(sandbox.url, request);
      const status = await connection.status();
      connection.socket.destroy();
      return status;
    };
    await expect.poll(statusNow, { timeout: 20_000 }).toBe("200");
  }, 120_000);

  test("a request that does not end is ended by the server", async () => {
    const sandbox = await createSandbox();
    onTestFinished(() => sandbox.close());
    const slow = new RawConnection(sandbox.url, "GET / HTTP/1.1\r\nx-slow: ");
    expect(await slow.status()).toBe("408");
    slow.socket.resume();
    await slow.closed;
  }, 60_000);

  test("an upload without an end is refused to those who have no key, and cut off at 10 MB to those who have", async () => {
    const sandbox = await createSandbox();
    onTestFinished(() => sandbox.close());
    for (const [key, expected] of [
      ["mfx_test_other", "401"],
      [sandbox.apiKey, "413"],
    ]) {
      const head =
        `POST /v1/faxes HTTP/1.1\r\nhost: ${new URL(sandbox.url).host}\r\nauthorization: Bearer ${key}\r\n` +
        "content-type: multipart/form-data; boundary=x\r\ntransfer-encoding: chunked\r\n\r\n";
      const upload = new RawConnection(sandbox.url, head);
      const { socket } = upload;
      const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`;
      const pour = (): void => {
        while (!socket.destroyed && socket.write(chunk));
      };
      socket.on("drain", pour);
      pour();
      expect(await upload.status()).toBe(expected);
      socket.resume();
      await upload.closed;
    }
  }, 120_000);
});

describe("the stream of changes", () => {
  test("is for 50 readers at once, and says so to the next; a closed one makes room", async () => {
    const { origin, stream } = await openPage();
    const readers = Array.from({ length: 50 }, () => new RawConnection(origin, stream));
    expect(new Set(await Promise.all(readers.map((reader) => reader.status())))).toEqual(new Set(["200"]));
    const tooMany = new RawConnection(origin, stream);
    expect(await tooMany.answered).toContain("50 pages are open already");
    expect(await tooMany.status()).toBe("503");
    closeAll([...readers, tooMany]);
    const statusNow = async (): Promise<string> => {
      const next = new RawConnection(origin, stream);
      const status = await next.status();
      next.socket.destroy();
      return status;
    };
    await expect.poll(statusNow).toBe("200");
  });

  test("a HEAD request takes no place", async () => {
    const { cookie, origin, stream } = await openPage();
    for (let count = 0; count < 60; count += 1) {
      await fetch(`${origin}/page/changes`, { method: "HEAD", headers: { cookie } });
    }
    expect(await new RawConnection(origin, stream).status()).toBe("200");
  });

  test("readers that take nothing are let go, and the memory stays bounded", async () => {
    const { page, origin, stream } = await openPage();
    const readers = Array.from({ length: 50 }, () => new RawConnection(origin, stream));
    await Promise.all(readers.map((reader) => reader.status()));
    const before = bytesInUse();
    let most = 0;
    // In each round some changes, and then time for the server to write.
    for (let round = 0; round < 300; round += 1) {
      for (let count = 0; count < 100; count += 1) {
        const delivery = { id: `evt_${round}_${count}`, type: "fax.delivered", receivedMs: 0 };
        page.started({ ...delivery, headers: [], body: new Uint8Array() })({
          status: 200,
          body: null,
          error: null,
          durationMs: 1,
        });
      }
      await new Promise((resolve) => setImmediate(resolve));
      if (round % 30 === 0) most = Math.max(most, bytesInUse() - before);
    }
    console.log(JSON.stringify({ mostMiB: Math.round(most / 2 ** 20) }));
    expect(most).toBeLessThan(150 * 2 ** 20);
    // What has come before is still in the kernel's buffers.
    for (const { socket } of readers) socket.resume();
    await Promise.all(readers.map(({ closed }) => closed));
    expect(await new RawConnection(origin, stream).status()).toBe("200");
  }, 120_000);
});
