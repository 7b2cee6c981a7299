import { namespaceFrom } from "@mintfax-webhooks/core/store";
import { type Command, InvalidArgumentError } from "commander";

/** Of every command about the claims of one event. */
export interface NamespaceOptions {
  readonly namespace: string;
  readonly worker?: true;
}

export function withNamespaceOptions(command: Command): Command {
  return command
    .option("--namespace <name>", "the namespace of the receiver", namespaceArgument, namespaceFrom())
    .option("--worker", "the claim of the worker behind a queue, not the receiver's");
}

/** Checks an argument that names a namespace. */
export function namespaceArgument(text: string): string {
  try {
    return namespaceFrom(text);
  } catch {
    throw new InvalidArgumentError("expected 1 to 256 characters, none of them a control character.");
  }
}

/** As `createWorker` of the queue package makes it of the receiver's. */
const OF_WORKER = "\nworker";

/** The namespace in which a receiver, or the worker behind its queue, has its claims. */
export function namespaceOf({ namespace, worker }: NamespaceOptions): string {
  return worker ? namespace + OF_WORKER : namespace;
}

/** For people: `mintfax`, `mintfax, worker`. */
export function namespaceText(namespace: string): string {
  return namespace.replace(/\nworker$/, ", worker");
}
