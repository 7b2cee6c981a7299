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
local isHolder = state == 'P' and owner == ARGV[2] and fence == ARGV[3]
`;

/** The scripts that the store had when each step was a call of its own. Their rows are those of today. */
export const OLDER: Readonly<Record<"claim" | "complete" | "release", string>> = {
  claim: `${ROW}
if state == 'D' then return -1 end
local isOwn = state == 'P' and owner == ARGV[2]
if state == 'P' and not isOwn and nowMs < tonumber(untilMs) then return 0 end
local newFence = isOwn and tonumber(fence) or math.max((tonumber(fence) or 0) + 1, nowMs)
save('P', newFence, nowMs + ARGV[3], ARGV[2])
return newFence`,
  complete: `${ROW}
if not isHolder then return 0 end
save('D', fence, 0, owner)
return 1`,
  release: `${ROW}
if not isHolder then return 0 end
save('R', fence, 0, '')
return 1`,
};
