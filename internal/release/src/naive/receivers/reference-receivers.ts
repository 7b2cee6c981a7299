import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import express, { type RequestHandler } from "express";
import { Webhook } from "standardwebhooks";
import type { Receiver, RunningReceiver } from "../contract/receiver.ts";
import { type Dedup, Processing } from "./processing.ts";
import { serve } from "./serve.ts";

const PYTHON_PROGRAM = join(import.meta.dirname, "../python/receiver.py");
/** What a sample that ends with the verification leaves to its reader. */
const NOT_DEDUPLICATED = ["processing.copy", "processing.copies_at_once", "processing.copy_at_work"];

/** A library for signatures leaves to its caller whether the body is an event, and to the server how long it waits. */
const LEFT_OUT = [
  "forged.body_json_null",
  "forged.body_json_array",
  "transport.oversized",
  "transport.stalled",
];
/** On Express, whose parsers inflate, and refuse bodies over 100 KB. */
const ADVISED_ON_NODE = [...LEFT_OUT, "forged.body_no_data", "transport.compressed", "transport.large"];
/** The library decodes base64 leniently, and parses text that may begin with a byte order mark. */
const ADVISED_ON_PYTHON = [...LEFT_OUT, "forged.garbage_behind", "transport.byte_order_mark"];

/** The reference library's sample, as its README has it, behind what Express has for raw bodies. */
function onNode(dedup: Dedup): Receiver["start"] {
  return (secret) => {
    const processing = new Processing(dedup);
    const webhook = new Webhook(secret);
    const receive: RequestHandler = async (req, res) => {
      let event: unknown;
      try {
        event = webhook.verify(req.body, req.headers as Record<string, string>);
      } catch {
        res.sendStatus(400);
        return;
      }
      res.sendStatus(await processing.process(String(req.headers["webhook-id"]), event));
    };
    const app = express()
      .post("/webhooks/mintfax", express.raw({ type: "application/json" }), receive)
      .get("/runs", (req, res) => void res.send(String(processing.runs(String(req.query.id)))));
    // It would print what its parsers refuse.
    app.set("env", "test");
    return serve(app);
  };
}

type PythonReceiver = "reference" | "reference, each id once" | "by hand, each id once";

function onPython(which: PythonReceiver): Receiver["start"] {
  return async (secret): Promise<RunningReceiver> => {
    const env = { ...process.env, MINTFAX_WEBHOOK_SECRET: secret };
    const child = spawn("python3", [PYTHON_PROGRAM, which], { env, stdio: ["ignore", "pipe", "ignore"] });
    const [origin] = (await once(createInterface(child.stdout), "line")) as [string];
    return {
      url: `${origin}/webhooks/mintfax`,
      runsUrl: `${origin}/runs`,
      async stop() {
        const exit = once(child, "exit");
        child.kill("SIGKILL");
        await exit;
      },
    };
  };
}

const has = (program: string): boolean => spawnSync("python3", ["-c", program]).status === 0;
const NO_PYTHON = has("") ? undefined : "no python3 on the PATH";
const NO_LIBRARY =
  NO_PYTHON ?? (has("import standardwebhooks") ? undefined : "python3 has no package standardwebhooks");

/**
 * The sample receivers of the reference library, and what Standard Webhooks asks for beside them: each `webhook-id` once. The
 * last one is written by hand, so that a receiver in another language is played where the library for it cannot be had.
 */
export const REFERENCE_RECEIVERS: readonly Receiver[] = [
  {
    name: "standardwebhooks for Node, its sample",
    start: onNode("none"),
    expected: { trigger: [], simulate: [], certify: NOT_DEDUPLICATED, advised: ADVISED_ON_NODE },
  },
  {
    name: "standardwebhooks for Node, each id once",
    start: onNode("claimed"),
    expected: { trigger: [], simulate: [], certify: [], advised: ADVISED_ON_NODE },
  },
  {
    name: "standardwebhooks for Python, its sample",
    missing: NO_LIBRARY,
    start: onPython("reference"),
    expected: { trigger: [], simulate: [], certify: NOT_DEDUPLICATED, advised: ADVISED_ON_PYTHON },
  },
  {
    name: "standardwebhooks for Python, each id once",
    missing: NO_LIBRARY,
    start: onPython("reference, each id once"),
    expected: { trigger: [], simulate: [], certify: [], advised: ADVISED_ON_PYTHON },
  },
  {
    name: "Python's hmac by hand, each id once",
    missing: NO_PYTHON,
    start: onPython("by hand, each id once"),
    expected: { trigger: [], simulate: [], certify: [], advised: LEFT_OUT },
  },
];
