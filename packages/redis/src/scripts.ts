import { createHash } from "node:crypto";
import type { Answers } from "./answers.ts";

/** What Redis runs as one atomic step. */
export interface ScriptText {
  readonly source: string;
  /** The hash by which Redis runs a script that it knows. */
  readonly sha1: string;
}

/** A transition of the state machine. */
export interface Script extends ScriptText {
  /** The integers that it can answer with. */
  readonly answers: Answers;
}

/**
 * A row is one string, so that a script reads and writes it with one command each:
 *
 * ```text
 * P <fence> <lease ends, in ms since 1970> <owner>    pending
 * R <fence> 0                                         released
 * D <fence> 0 <owner>                                 done
 * ```
 *
 * Every row expires one retention after its last change. That is far later than a lease, so the fence of a crashed process
 * stays known. `ARGV[1]` is the retention in milliseconds.
 */
const ROW = `
local row = redis.call('GET', KEYS[1])
local state, fence, untilMs, owner
if row then
  state, fence, untilMs, owner = string.match(row, '^([PRD]) (%d+) (%d+) (.*)$')
  if not state then return redis.error_reply('ERR ' .. KEYS[1] .. ' does not hold a row of a dedup store') end
end
local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
local function save(newState, newFence, newUntilMs, newOwner)
  local newRow = string.format('%s %.0f %.0f %s', newState, newFence, newUntilMs, newOwner)
  redis.call('SET', KEYS[1], newRow, 'PX', ARGV[1])
end
`;

function script(answers: Answers, body: string): Script {
  const source = ROW + body;
  return { source, sha1: createHash("sha1").update(source).digest("hex"), answers };
}

const HELD_OR_LOST: Answers = { min: 0, max: 1 };

/** For the scripts of a holder: `ARGV[2]` is the owner, `ARGV[3]` the fence. */
const IS_HOLDER = "state == 'P' and owner == ARGV[2] and fence == ARGV[3]";

/** `ARGV[2]` owner, `ARGV[3]` lease in milliseconds. Answers the fence; 0 for pending, -1 for done. */
export const CLAIM: Script = script(
  { min: -1, max: Number.MAX_SAFE_INTEGER },
  `
if state == 'D' then return -1 end
local isOwn = state == 'P' and owner == ARGV[2]
if state == 'P' and not isOwn and nowMs < tonumber(untilMs) then return 0 end
-- At least the time, so that fences grow even after the row was lost.
local newFence = isOwn and tonumber(fence) or math.max((tonumber(fence) or 0) + 1, nowMs)
save('P', newFence, nowMs + ARGV[3], ARGV[2])
return newFence
`,
);

/** `ARGV[4]` lease in milliseconds. Answers 1, or 0 for lost. */
export const RENEW: Script = script(
  HELD_OR_LOST,
  `
if not (${IS_HOLDER}) then return 0 end
save('P', fence, nowMs + ARGV[4], owner)
return 1
`,
);

/** Answers 1, or 0 for lost. A repetition writes again, so that `WAIT` has a write to wait for. */
export const COMPLETE: Script = script(
  HELD_OR_LOST,
  `
local isRepeated = state == 'D' and owner == ARGV[2] and fence == ARGV[3]
if not isRepeated and not (${IS_HOLDER}) then return 0 end
save('D', fence, 0, owner)
return 1
`,
);

/** Answers 1, or 0 for lost. The row stays, so that fences go on growing. A row that is free already counts as released. */
export const RELEASE: Script = script(
  HELD_OR_LOST,
  `
if not state or state == 'R' then return 1 end
if not (${IS_HOLDER}) then return 0 end
save('R', fence, 0, '')
return 1
`,
);

/** Answers 1 for forgotten, 0 for absent, -1 for pending. */
export const FORGET: Script = script(
  { min: -1, max: 1 },
  `
if state == 'P' and nowMs < tonumber(untilMs) then return -1 end
if state ~= 'D' then return 0 end
save('R', fence, 0, '')
return 1
`,
);
