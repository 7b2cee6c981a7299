import { BATCH } from "../batch-script.ts";
import { type Script, scriptFrom } from "../scripts.ts";

/** Of each command that the store needs; `EVAL` runs this. An unknown one, as after rename-command, makes the call fail. */
const COMMANDS: readonly string[] = [
  `'EVALSHA', '${BATCH.sha1}', '1', KEYS[1]`,
  "'GET', KEYS[1]",
  "'SET', KEYS[1], '', 'NX', 'PX', '1'",
  "'TIME'",
];

/** Reads what the server says of itself. It writes nothing, and does not read its key: that says which node to ask. */
export const LOOK: Script = scriptFrom(`
local denied = {}
local function needs(name, ...)
  local known, may = pcall(redis.acl_check_cmd, name, ...)
  if not (known and may) then denied[#denied + 1] = name end
end
if redis.acl_check_cmd then
${COMMANDS.map((command) => `  needs(${command})`).join("\n")}
  if ARGV[1] ~= '0' then needs('WAIT', '1', '1') end
end
local time = redis.pcall('TIME')
local info = redis.pcall('INFO')
return {
  table.concat(denied, ' '),
  redis.acl_check_cmd and '1' or '0',
  time.err and '' or string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)),
  type(info) == 'string' and info or ''
}`);

/** What Redis says of itself. */
export interface Facts {
  /** Commands that the user may not run. */
  readonly denied: readonly string[];
  /** Whether the server can say which they are: from Redis 7 on. */
  readonly tellsDenied: boolean;
  readonly nowMs: number;
  /** Lines of `INFO`; empty where the user may not run it. */
  readonly info: ReadonlyMap<string, string>;
}

/** Undefined for an answer that the script does not give. */
export function factsFrom(answer: unknown): Facts | undefined {
  if (!Array.isArray(answer) || answer.length !== 4) return undefined;
  const [denied = "", tells, nowMs, info = ""] = answer.map(textOf);
  return {
    denied: denied.split(" ").filter((command) => command !== ""),
    tellsDenied: tells === "1",
    nowMs: nowMs === "" ? Number.NaN : Number(nowMs),
    info: new Map(
      [...info.matchAll(/^(\w+):([^\r\n]*)/gm)].map(([, name = "", value = ""]) => [name, value] as const),
    ),
  };
}

/** A client may be set to return buffers. */
function textOf(part: unknown): string {
  return part instanceof Uint8Array ? new TextDecoder().decode(part) : String(part);
}
