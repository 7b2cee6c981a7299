import { type Script, scriptFrom } from "./scripts.ts";

/**
 * Transitions of the state machine on several keys, one after another, as one atomic step. A key may come more than once.
 *
 * `ARGV[1]` is the retention in milliseconds. Behind it, each key has two arguments: what is asked of it, and the owner.
 *
 * ```text
 * C<lease in ms>           claim      answers the fence; 0 for pending, -1 for done
 * N<fence> <lease in ms>   renew      answers 1, or 0 for lost
 * D<fence>                 complete   answers 1, or 0 for lost
 * R<fence>                 release    answers 1, or 0 for lost
 * F                        forget     answers 1 for forgotten, 0 for absent, -1 for pending
 * ```
 *
 * Several keys are answered with a list. A key that Redis refuses is answered with the text of the error, and the others are
 * not affected.
 *
 * A row is one string:
 *
 * ```text
 * P <fence> <lease ends, in ms since 1970> <owner>    pending
 * R <fence> 0                                         released
 * D <fence> 0 <owner>                                 done
 * ```
 *
 * Every row expires one retention after its last change. That is far later than a lease, so the fence of a crashed process
 * stays known.
 */
export const BATCH: Script = scriptFrom(`
local call, sub, match, format = redis.pcall, string.sub, string.match, string.format
local retention = ARGV[1]
local nowMs, starts

local function readClock()
  local time = call('TIME')
  if time.err then return time.err end
  nowMs, starts = time[1] * 1000 + math.floor(time[2] / 1000), {}
end

-- A for an absent row; E and the reason where it cannot be read.
local function read(key)
  local row = call('GET', key)
  if not row then return 'A' end
  if row.err then return 'E', row.err end
  local state, fence, untilMs, owner = match(row, '^([PRD]) (%d+) (%d+) (.*)$')
  if state then return state, fence, untilMs, owner end
  return 'E', 'ERR ' .. key .. ' does not hold a row of a dedup store'
end

local function save(key, row, answer)
  return call('SET', key, row, 'PX', retention).err or answer
end

local function pendingRow(fence, leaseMs, owner)
  return format('P %.0f %.0f %s', fence, nowMs + leaseMs, owner)
end

local function claim(key, leaseMs, owner)
  local start = starts[leaseMs]
  if not start then
    start = pendingRow(nowMs, leaseMs, '')
    starts[leaseMs] = start
  end
  -- Most keys are new.
  local saved = call('SET', key, start .. owner, 'NX', 'PX', retention)
  if saved and not saved.err then return nowMs end
  -- A Redis that takes no writes still knows what is done.
  local state, fence, untilMs, holder = read(key)
  if state == 'E' then return fence end
  if state == 'D' then return -1 end
  local isOwn = state == 'P' and holder == owner
  if state == 'P' and not isOwn and nowMs < tonumber(untilMs) then return 0 end
  if saved then return saved.err end
  -- At least the time, so that fences grow even after the row was lost.
  local newFence = isOwn and tonumber(fence) or math.max((fence or 0) + 1, nowMs)
  return save(key, pendingRow(newFence, leaseMs, owner), newFence)
end

local function answer(key, asked, owner)
  local kind, number = sub(asked, 1, 1), sub(asked, 2)
  if not nowMs and kind ~= 'D' and kind ~= 'R' then
    local failure = readClock()
    if failure then return failure end
  end
  if kind == 'C' then return claim(key, number, owner) end

  local state, fence, untilMs, holder = read(key)
  if state == 'E' then return fence end
  if kind == 'F' then
    if state == 'P' and nowMs < tonumber(untilMs) then return -1 end
    if state ~= 'D' then return 0 end
    return save(key, 'R ' .. fence .. ' 0 ', 1)
  end
  local leaseMs
  if kind == 'N' then number, leaseMs = match(number, '^(%d+) (%d+)$') end
  local isOwn = holder == owner and fence == number
  if kind == 'D' then
    -- A repetition writes again, so that WAIT has a write to wait for.
    if not isOwn or state == 'R' then return 0 end
    return save(key, 'D ' .. fence .. ' 0 ' .. owner, 1)
  end
  -- What is free counts as released. The row stays, so that fences go on growing.
  if kind == 'R' and (state == 'A' or state == 'R') then return 1 end
  if not isOwn or state ~= 'P' then return 0 end
  if kind == 'R' then return save(key, 'R ' .. fence .. ' 0 ', 1) end
  return save(key, pendingRow(fence, leaseMs, owner), 1)
end

if #KEYS == 1 then return answer(KEYS[1], ARGV[2], ARGV[3]) end
local answers = {}
for i = 1, #KEYS do
  answers[i] = answer(KEYS[i], ARGV[2 * i], ARGV[2 * i + 1])
end
return answers
`);
