import { parentPort } from "node:worker_threads";
import { diagnose } from "@mintfax-webhooks/diagnose";
import type { Question } from "./diagnosis-thread.ts";

/** The thread of a DiagnosisThread: answers one question after the other. */
parentPort?.on("message", ({ request, secrets, at }: Question) => {
  parentPort?.postMessage(diagnose(request, secrets, { at }));
});
