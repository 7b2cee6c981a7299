import type { Receiver } from "@mintfax-webhooks/core/adapter";
import { SimulatedProcess } from "../simulation/process.ts";

/** A process that serves deliveries. */
export class ReceiverProcess extends SimulatedProcess {
  receiver!: Receiver;
}
