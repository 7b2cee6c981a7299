import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Platform, RunningTarget, SuiteApp } from "../../adapter-suite/index.ts";

/** Puts a server under test on a free port. */
export async function listen(server: Server, app: SuiteApp, platform: Platform): Promise<RunningTarget> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    platform,
    async stop() {
      app.close();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
