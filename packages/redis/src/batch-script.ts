import { type Script, scriptFrom } from "./scripts.ts";

/** What is asked of a key that holds a row, and what is rare. Made once in a call, where it is needed. */
const OTHERS = `
local format = string.format

local function readClock()
  local time = call('TIME')
  if time.err then return time.err end
  nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
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

local function claim(key, leaseMs, owner, refusal)
  -- A Redis that takes no writes still knows what is done.
  local state, fence, untilMs, holder = read(key)
  if state == 'E' then return fence end
  if state == 'D' then return -1 end
  local isOwn = state == 'P' and holder == owner
  if state == 'P' and not isOwn and nowMs < tonumber(untilMs) then return 0 end
  if refusal then return refusal end
  -- At least the time, so that fences grow even after the row was lost.
  local newFence = isOwn and tonumber(fence) or math.max((fence or 0) + 1, nowMs)
  return save(key, pendingRow(newFence, leaseMs, owner), newFence)
end

others = function(key, asked, owner, refusal)
  local kind, number = sub(asked, 1, 1), sub(asked, 2)
  if kind == 'C' then return claim(key, number, owner, refusal) end
  if not nowMs and (kind == 'N' or kind == 'F') then
    local failure = readClock()
    if failure then return failure end
  end

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
end`;

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
 *
 * The claim of a new key and the completion of its claim are nearly all of the work. They come first, without a function of
 * their own: Lua would make it anew in every call.
 */
export const BATCH: Script = scriptFrom(`
local call, match, sub, byte = redis.pcall, string.match, string.sub, string.byte
local retention, count = ARGV[1], #KEYS
local nowMs, claimed, start, others
local answers = count > 1 and {}

for i = 1, count do
  local key, asked, owner = KEYS[i], ARGV[2 * i], ARGV[2 * i + 1]
  local kind, answer, refusal = byte(asked)
  if kind == 67 then -- C
    -- Claims of one call have the same lease, so their rows begin alike.
    if asked ~= claimed then
      local time = call('TIME')
      if time.err then
        answer = time.err
      else
        local micros = time[2]
        if #micros < 6 then micros = sub('00000' .. micros, -6) end
        -- Joined as texts, since Lua takes longer to print a number.
        local now = time[1] .. sub(micros, 1, 3)
        nowMs, claimed = now + 0, asked
        start = 'P ' .. now .. ' ' .. nowMs + sub(asked, 2) .. ' '
      end
    end
    if not answer then
      local saved = call('SET', key, start .. owner, 'NX', 'PX', retention)
      refusal = saved and saved.err
      if saved and not refusal then answer = nowMs end
    end
  elseif kind == 68 then -- D
    local row = call('GET', key)
    if row and not row.err then
      local fence, holder = match(row, '^P (%d+) %d+ (.*)$')
      if holder == owner and fence == sub(asked, 2) then
        answer = call('SET', key, 'D ' .. fence .. ' 0 ' .. owner, 'PX', retention).err or 1
      end
    end
  end
  if not answer then
    if not others then
${OTHERS}
    end
    answer = others(key, asked, owner, refusal)
  end
  if count == 1 then return answer end
  answers[i] = answer
end
return answers
`);
