import type { IncomingMessage } from "node:http";
import { Alarms } from "#alarms";
import { bodyIncomplete, bodyTimeout, bodyTooLarge } from "../delivery/body-errors.ts";
import type { BodyLimits } from "../delivery/incoming.ts";

const alarms = new Alarms();

/**
 * Reads a body that comes bit by bit. One of a single chunk is not copied.
 *
 * @throws {BodyError} where it cannot be had within the limits
 */
export function readStream(req: IncomingMessage, { limitBytes, timeoutMs }: BodyLimits): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const alarm = alarms.set(timeoutMs, () => fail(bodyTimeout(timeoutMs)));
    function fail(error: Error): void {
      stop();
      // Whoever answers reads on, or hangs up.
      req.pause();
      reject(error);
    }
    function onData(chunk: Buffer): void {
      length += chunk.length;
      if (length > limitBytes) fail(bodyTooLarge(limitBytes));
      else chunks.push(chunk);
    }
    function onEnd(): void {
      stop();
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, length));
    }
    function onCutOff(error?: Error): void {
      fail(bodyIncomplete(error));
    }
    function stop(): void {
      alarms.clear(alarm);
      // A listener for errors stays: one that comes after the end must not end the process.
      req.off("data", onData).off("end", onEnd).off("close", onCutOff);
    }
    req.on("data", onData).on("end", onEnd).on("error", onCutOff).on("close", onCutOff);
  });
}
