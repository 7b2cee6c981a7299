import { ConfigurationError } from "../errors.ts";
import { EVENT_TYPES } from "../events/index.ts";
import { print } from "../print.ts";
import type { EventPattern, Handler } from "./handler.ts";

const PATTERNS: ReadonlySet<string> = new Set<EventPattern>([...EVENT_TYPES, "fax.*", "balance.*", "*"]);

/** Finds the one handler of an event: exact beats group beats any. */
export class Router<Context> {
  readonly #handlers = new Map<string, Handler<never, Context>>();
  #hasWarned = false;

  /** @throws {ConfigurationError} for a second handler, or a pattern that could never match */
  add(pattern: string, handler: Handler<never, Context>): void {
    if (!PATTERNS.has(pattern)) {
      throw new ConfigurationError(
        "event_type_unknown",
        `on(${JSON.stringify(pattern)}): there is no such event. Expected one of ${[...PATTERNS].join(", ")}. ` +
          'Types newer than this version reach "fax.*", "balance.*" and "*".',
      );
    }
    if (typeof handler !== "function") {
      throw new ConfigurationError(
        "handler_invalid",
        `on("${pattern}"): the handler is ${handler === null ? "null" : typeof handler}, expected a function.`,
      );
    }
    if (this.#handlers.has(pattern)) {
      throw new ConfigurationError(
        "handler_duplicate",
        `on("${pattern}") was called before. A pattern has one handler, because a retry would run both again; ` +
          "call both functions from one handler.",
      );
    }
    this.#handlers.set(pattern, handler);
  }

  get hasHandlers(): boolean {
    return this.#handlers.size > 0;
  }

  find(type: string): Handler<never, Context> | undefined {
    return (
      this.#handlers.get(type) ??
      this.#handlers.get(`${type.slice(0, type.indexOf(".") + 1)}*`) ??
      this.#handlers.get("*") ??
      this.#none()
    );
  }

  /** An application that has forgotten all of its handlers looks well: each event is answered with 200. */
  #none(): undefined {
    if (this.hasHandlers || this.#hasWarned) return;
    this.#hasWarned = true;
    print('There is no handler, so every event is unhandled. Add one: .on("fax.*", (event) => { ... }).');
  }
}
