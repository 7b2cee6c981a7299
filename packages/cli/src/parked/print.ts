import type { ParkedMessage } from "@mintfax-webhooks/queue";
import { coloursFor } from "../output/colours.ts";
import { table } from "../output/table.ts";
import { count, counted, oneLine, wrap } from "../output/text.ts";
import { type About, aboutOf } from "./about.ts";
import type { ShownBody } from "./open-body.ts";
import type { Place } from "./place.ts";

/** A table for each reason, since many messages have the same one. */
export function printList(messages: readonly ParkedMessage[], { engine, queue }: Place, limit: number): void {
  const place = `in ${engine}, ${oneLine(queue)}`;
  if (messages.length === 0) {
    process.stdout.write(`Nothing is parked ${place}.\n`);
    return;
  }
  const { bold, dim } = coloursFor(process.stdout);
  const more = messages.length === limit ? `, or more (--limit ${count(limit)})` : "";
  const lines = [`${counted(messages.length, "message is", "messages are")} parked ${place}${more}.`];

  for (const [reason, abouts] of grouped(messages)) {
    const [heading = "", ...rows] = table(COLUMNS, abouts.map(rowOf));
    lines.push("", bold(wrap(reason, 0)), dim(heading), ...rows);
  }
  process.stdout.write(`${lines.join("\n")}\n`);
}

const COLUMNS = [
  { heading: "type", align: "left" },
  { heading: "id or key", align: "left" },
  { heading: "parked at (UTC)", align: "left" },
  { heading: "attempts", align: "right" },
] as const;

/** So that a row fits into 80 columns. */
const TYPE_CHARACTERS = 16;
const ID_CHARACTERS = 30;

function rowOf({ type, id, key, parkedAt, attempts }: About): string[] {
  return [
    cut(type ?? "unreadable", TYPE_CHARACTERS),
    cut(id ?? key, ID_CHARACTERS),
    parkedAt === undefined ? "" : parkedAt.toISOString().slice(0, 16).replace("T", " "),
    count(attempts),
  ];
}

function cut(text: string, characters: number): string {
  const line = oneLine(text);
  return line.length > characters ? `${line.slice(0, characters - 1)}…` : line;
}

function grouped(messages: readonly ParkedMessage[]): Map<string, About[]> {
  const groups = new Map<string, About[]>();
  for (const about of messages.map(aboutOf)) {
    const reason = oneLine(about.reason);
    groups.set(reason, [...(groups.get(reason) ?? []), about]);
  }
  return groups;
}

/** One message for people. */
export function printMessage(message: ParkedMessage, body: ShownBody): void {
  const { type, id, key, namespace, created, enqueuedAt, parkedAt, attempts, reason } = aboutOf(message);
  const { bold, dim } = coloursFor(process.stdout);
  const facts = {
    key,
    namespace,
    created: created?.toISOString(),
    queued: enqueuedAt?.toISOString(),
    parked: parkedAt?.toISOString(),
    attempts: count(attempts),
    reason,
    body: "hidden" in body ? body.hidden : "",
  };
  const lines = [`${bold(oneLine(type ?? "unreadable"))}  ${oneLine(id ?? "")}`.trimEnd()];
  for (const [label, fact] of Object.entries(facts)) {
    if (fact !== undefined)
      lines.push(`  ${dim(label.padEnd(9))}  ${wrap(oneLine(fact), 13).trimStart()}`.trimEnd());
  }
  if ("masked" in body) lines.push(JSON.stringify(body.masked, undefined, 2).replaceAll(/^/gm, "    "));
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** For programs: one object a line. */
export function printJson(message: ParkedMessage, body?: ShownBody): void {
  process.stdout.write(`${JSON.stringify({ ...aboutOf(message), ...(body !== undefined && { body }) })}\n`);
}
