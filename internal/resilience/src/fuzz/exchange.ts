import { connect } from "node:net";
import type { Case } from "./case.ts";

/** What the server sent until the connection ended; `hung` if it did not end. */
export interface Heard {
  readonly text: string;
  readonly hung: boolean;
}

export function exchange(port: number, { pieces, ending }: Case, limitMs: number): Promise<Heard> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    const chunks: Buffer[] = [];
    const finish = (hung: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text: Buffer.concat(chunks).toString("latin1"), hung });
    };
    const timer = setTimeout(() => finish(true), limitMs);
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("end", () => finish(false));
    socket.on("close", () => finish(false));
    // A server may hang up on what it is sent.
    socket.on("error", () => {});
    void send();

    async function send(): Promise<void> {
      for (const piece of pieces) {
        if (socket.destroyed) return;
        await new Promise<void>((sent) => socket.write(piece, () => sent()));
      }
      if (ending === "half-close") socket.end();
      if (ending === "reset") socket.resetAndDestroy();
    }
  });
}
