-- Reads of one register by many: a list of 50 and a record by its id, in turns.  LINES has one
-- asker on each line, "name token"; BASE is the path of the records behind the name; IDS has ids.

local lists, ones, heads, ids = {}, {}, {}, {}

function init(args)
    math.randomseed(os.time())
    for line in io.lines(os.getenv("IDS")) do ids[#ids + 1] = line end
    for line in io.lines(os.getenv("LINES")) do
        local name, token = line:match("(%S+) (%S+)")
        local path = "/" .. name .. os.getenv("BASE")
        heads[#heads + 1] = { ["Authorization"] = "Bearer " .. token }
        lists[#heads] = path .. "?limit=50&sort=name"
        ones[#heads] = path .. "/"
    end
end

function request()
    local at = math.random(#heads)
    if math.random(2) == 1 then return wrk.format("GET", lists[at], heads[at]) end
    return wrk.format("GET", ones[at] .. ids[math.random(#ids)], heads[at])
end

dofile(os.getenv("DONE"))
