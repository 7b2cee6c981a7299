import { createSandbox, type Sandbox } from "@mintfax-webhooks/sandbox";
import { onTestFinished, vi } from "vitest";
import { SECRET } from "./cli.ts";
import { serveReceiver } from "./server.ts";

/** mintfax, played by the sandbox, and a receiver that was down while faxes were sent. */
export interface Missed {
  readonly sandbox: Sandbox;
  readonly endpoint: string;
  /** Ids of the events that the receiver has processed. */
  readonly processed: readonly string[];
  /** The receiver is up from now on. */
  repair(): void;
  /** What a command needs to use it: `--endpoint`, `--base-url`. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** @param faxes each has three events, and none of their four attempts has got through */
export async function missed(faxes: number): Promise<Missed> {
  const processed: string[] = [];
  let isUp = false;
  const { url } = await serveReceiver((event) => {
    if (!isUp) throw new Error("down");
    processed.push(event.id);
  });
  const sandbox = await createSandbox({
    endpoints: [{ url, secret: SECRET }],
    timeScale: 0,
    rateLimitPerMinute: 10_000,
  });
  onTestFinished(() => sandbox.close());
  const headers = { authorization: `Bearer ${sandbox.apiKey}` };
  const list = async (path: string): Promise<{ id: string }[]> => {
    const answer = await fetch(`${sandbox.url}${path}`, { headers });
    return ((await answer.json()) as { data: { id: string }[] }).data;
  };
  for (let sent = 0; sent < faxes; sent += 1) {
    const body = new FormData();
    body.set("to", "+15005550001");
    body.set("file", new File(["%PDF-1.7"], "referral.pdf"));
    await fetch(`${sandbox.url}/faxes`, { method: "POST", headers, body });
  }
  const endpoint = (await list("/webhooks"))[0]?.id ?? "";
  await vi.waitFor(
    async () => {
      const attempts = await list(`/webhooks/attempts?status=failed&endpoint=${endpoint}&per_page=100`);
      if (attempts.length < faxes * 3 * 4) throw new Error(`${attempts.length} attempts`);
    },
    { timeout: 60_000 },
  );
  return {
    sandbox,
    endpoint,
    processed,
    repair: () => {
      isUp = true;
    },
    args: ["--endpoint", endpoint, "--base-url", sandbox.url],
    env: { MINTFAX_API_KEY: sandbox.apiKey },
  };
}
