import { InvalidArgumentError } from "commander";
import { UsageError } from "./usage-error.ts";

/** One `--set PATH=VALUE`. */
export interface Assignment {
  readonly path: readonly string[];
  readonly text: string;
}

/** These keys would change what all objects inherit. */
const FORBIDDEN = new Set(["__proto__", "constructor", "prototype"]);

/** Collects `--set` options. */
export function collectAssignment(text: string, previous: readonly Assignment[] = []): readonly Assignment[] {
  const { path, value } = /^(?<path>[^=]+)=(?<value>.*)$/s.exec(text)?.groups ?? {};
  const keys = path?.split(".") ?? [];
  if (value === undefined || keys.length === 0 || keys.some((key) => key === "" || FORBIDDEN.has(key))) {
    throw new InvalidArgumentError("expected PATH=VALUE, such as data.object.pages=7.");
  }
  return [...previous, { path: keys, text: value }];
}

/**
 * The event with the assignments made, and the paths that it did not have before. A value that parses as JSON is JSON, any
 * other is text. Numbers and booleans stay text in the tags, and in a field that holds text.
 *
 * @throws {UsageError} where a path leads through a value that is neither an object nor an array
 */
export function assign<T extends object>(
  event: T,
  assignments: readonly Assignment[],
): { event: T; added: readonly string[] } {
  if (assignments.length === 0) return { event, added: [] };
  const changed = structuredClone(event);
  const added: string[] = [];
  for (const { path, text } of assignments) {
    // The customer chooses the names of tags, so each name is known. Their values are text.
    const isTag = path.at(-2) === "tags" && hasPath(event, path.slice(0, -1));
    if (!isTag && !hasPath(event, path)) added.push(path.join("."));
    const parent = parentOf(changed, path);
    const last = path.at(-1) ?? "";
    parent[last] = isTag || typeof parent[last] === "string" ? textOr(text) : jsonOr(text);
  }
  return { event: changed, added };
}

function hasPath(event: object, path: readonly string[]): boolean {
  let place: unknown = event;
  for (const key of path) {
    if (typeof place !== "object" || place === null || !Object.hasOwn(place, key)) return false;
    place = (place as Record<string, unknown>)[key];
  }
  return true;
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function textOr(text: string): unknown {
  const value = jsonOr(text);
  return typeof value === "number" || typeof value === "boolean" ? text : value;
}

function parentOf(event: object, path: readonly string[]): Record<string, unknown> {
  let place = event as Record<string, unknown>;
  for (const [index, key] of path.slice(0, -1).entries()) {
    if (!Object.hasOwn(place, key)) place[key] = {};
    const next = place[key];
    if (typeof next !== "object" || next === null) {
      const sofar = path.slice(0, index + 1).join(".");
      throw new UsageError(
        `--set ${path.join(".")}: ${sofar} is ${next === null ? "null" : `a ${typeof next}`}, which has no members to set.`,
      );
    }
    place = next as Record<string, unknown>;
  }
  return place;
}
