import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LambdaResult } from "@mintfax-webhooks/lambda";

const CLIENT = fileURLToPath(import.meta.resolve("aws-lambda-ric"));
const NATIVE_CLIENT = join(import.meta.dirname, "native-client.cjs");
const FUNCTION = join(import.meta.dirname, "../function");

interface Invocation {
  readonly event: unknown;
  readonly timeoutMs: number;
  readonly resolve: (result: LambdaResult) => void;
  readonly reject: (error: Error) => void;
}

/** AWS's runtime interface client in a process of its own, which a runtime API on this machine has call the function. */
export class Runtime implements AsyncDisposable {
  /** What the function has printed. */
  printed = "";
  readonly #waiting: Invocation[] = [];
  readonly #running = new Map<string, Invocation>();
  readonly #api: Server;
  #child: ChildProcess | undefined;
  /** Of the runtime client, while it waits for an invocation. */
  #next: ServerResponse | undefined;
  #count = 0;

  private constructor() {
    this.#api = createServer((req, res) => void this.#answer(req, res));
  }

  static async start(env: Readonly<Record<string, string>>): Promise<Runtime> {
    const runtime = new Runtime();
    runtime.#api.listen(0, "127.0.0.1");
    await once(runtime.#api, "listening");
    const { port } = runtime.#api.address() as AddressInfo;
    const child = spawn(process.execPath, ["--conditions=source", "--require", NATIVE_CLIENT, CLIENT], {
      cwd: dirname(FUNCTION),
      env: {
        ...process.env,
        AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
        AWS_LAMBDA_FUNCTION_NAME: "mintfax",
        AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128",
        AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/mintfax",
        AWS_LAMBDA_LOG_STREAM_NAME: "2026/11/27/[$LATEST]1",
        LAMBDA_TASK_ROOT: FUNCTION,
        _HANDLER: "main.handler",
        ...env,
      },
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        runtime.printed += text;
      });
    }
    child.once("exit", () => runtime.#fail(new Error(`the runtime ended:\n${runtime.printed}`)));
    runtime.#child = child;
    return runtime;
  }

  /** Rejects with what the function rejects with. */
  invoke(event: unknown, timeoutMs = 30_000): Promise<LambdaResult> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ event, timeoutMs, resolve, reject });
      this.#handOut();
    });
  }

  async #answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { pathname } = new URL(req.url ?? "", "http://localhost");
    const [id = "", end] = pathname.split("/").slice(4);
    if (id === "next") {
      this.#next = res;
      this.#handOut();
      return;
    }
    let body = "";
    for await (const chunk of req.setEncoding("utf8")) body += chunk;
    res.writeHead(202).end();
    const { errorType, errorMessage } = JSON.parse(body) as Record<string, string>;
    const invocation = this.#running.get(id);
    if (end === "response") invocation?.resolve(JSON.parse(body) as LambdaResult);
    else if (invocation !== undefined) invocation.reject(new Error(`${errorType}: ${errorMessage}`));
    else this.#fail(new Error(`${errorType}: ${errorMessage}`));
    this.#running.delete(id);
  }

  #handOut(): void {
    if (this.#next === undefined) return;
    const invocation = this.#waiting.shift();
    if (invocation === undefined) return;
    this.#count += 1;
    const id = `invocation-${this.#count}`;
    this.#running.set(id, invocation);
    this.#next.writeHead(200, {
      "content-type": "application/json",
      "lambda-runtime-aws-request-id": id,
      "lambda-runtime-deadline-ms": String(Date.now() + invocation.timeoutMs),
      "lambda-runtime-invoked-function-arn": "arn:aws:lambda:us-east-1:123456789012:function:mintfax",
      "lambda-runtime-trace-id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700",
    });
    this.#next.end(JSON.stringify(invocation.event));
    this.#next = undefined;
  }

  #fail(error: Error): void {
    for (const { reject } of [...this.#waiting.splice(0), ...this.#running.values()]) reject(error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#child;
    if (child?.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    this.#api.closeAllConnections();
    this.#api.close();
  }
}
