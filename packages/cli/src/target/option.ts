import { DEFAULT_PATH } from "@mintfax-webhooks/core/adapter";
import { type Command, InvalidArgumentError } from "commander";

/** Where the examples of every adapter listen. */
const DEFAULT_TARGET = `http://127.0.0.1:3000${DEFAULT_PATH}`;

/** Adds `--to`. */
export function withTargetOption(command: Command): Command {
  const option = command.createOption("--to <url>", "the receiver").argParser(parseUrl);
  return command.addOption(option.default(new URL(DEFAULT_TARGET), DEFAULT_TARGET));
}

/** @throws {InvalidArgumentError} for a text that is not an http or https URL */
export function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  throw new InvalidArgumentError(`expected a URL such as ${DEFAULT_TARGET}.`);
}
