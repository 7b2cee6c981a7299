import { afterEach, describe, expect, test } from "vitest";
import { cli, RunningCli, SECRET } from "./support/cli.ts";
import { serveReceiver } from "./support/server.ts";

const running: RunningCli[] = [];

afterEach(async () => {
  for (const each of running.splice(0)) {
    each.interrupt();
    await each.finished();
  }
});

async function sandbox(...args: string[]): Promise<{ pageUrl: string; apiUrl: string; apiKey: string }> {
  const each = new RunningCli(["sandbox", "--port", "0", ...args]);
  running.push(each);
  const [, pageUrl = ""] = await each.printed("stdout", /Page +(\S+)/);
  const [, apiUrl = ""] = await each.printed("stdout", /API +(http\S+)/);
  const [, apiKey = ""] = await each.printed("stdout", /API key +(\S+)/);
  return { pageUrl, apiUrl, apiKey };
}

describe("sandbox", () => {
  test("prints the page, the API and its key, and never the secret", async () => {
    const { pageUrl, apiUrl, apiKey } = await sandbox();
    expect(pageUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=\w{22}$/);
    const answer = await fetch(`${apiUrl}/webhooks`, { headers: { authorization: `Bearer ${apiKey}` } });
    expect(await answer.json()).toEqual({ data: [], next_cursor: null });
    expect(running[0]?.stdout).not.toContain(SECRET);
  });

  test("sends a fax's events to the URL of --forward, signed with the secret that it finds", async () => {
    const receiver = await serveReceiver();
    const { apiUrl, apiKey } = await sandbox("--forward", receiver.url, "--time-scale", "0");
    const body = new FormData();
    body.set("to", "+15005550008");
    body.set("file", new File(["%PDF-1.7"], "referral.pdf"));
    const headers = { authorization: `Bearer ${apiKey}` };
    expect((await fetch(`${apiUrl}/faxes`, { method: "POST", headers, body })).status).toBe(201);
    const statuses = async (): Promise<number[]> => {
      const answer = await fetch(`${apiUrl}/webhooks/attempts`, { headers });
      const { data } = (await answer.json()) as { data: { status_code: number }[] };
      return data.map(({ status_code }) => status_code);
    };
    await expect.poll(statuses).toEqual([200, 200, 200]);
  });

  test.each([
    [["--host", "0.0.0.0"], /--?token|a token/],
    [["--token", "short"], /at least 16/],
    [["--time-scale", "fast"], /--time-scale fast: expected a number/],
    [["--port", "x"], /--port x/],
    [["--forward", "ftp://nowhere"], /--forward/],
  ])("exits with 2 and says what to do for %j", async (args, expected) => {
    const ended = await cli(["sandbox", ...args]);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(expected);
    expect(ended.stderr).not.toContain("    at ");
  });

  test("says that a port is in use", async () => {
    const { apiUrl } = await sandbox();
    const ended = await cli(["sandbox", "--port", new URL(apiUrl).port]);
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining("--port") });
  });
});
