-- A different address each time: the URL's @ is an id of the file IDS, its # a number.
-- TOKEN goes along as the bearer's.

local ids, count

function setup(thread)
    number = (number or 0) + 1
    thread:set("number", number)
end

function init(args)
    math.randomseed(number * 7919 + os.time())
    local name = os.getenv("IDS")
    local file = name and io.open(name)
    if file then
        ids = file:read("*a")
        width = ids:find("\n")
        count = #ids / width
        file:close()
    end
    path = wrk.path
    has_id = path:find("@") ~= nil
    token = os.getenv("TOKEN")
    if token then wrk.headers["Authorization"] = "Bearer " .. token end
    for line in (os.getenv("HEADERS") or ""):gmatch("[^\n]+") do
        local name, value = line:match("^([^:]+): *(.*)$")
        wrk.headers[name] = value
    end
    -- Whole requests are cheaper to cut and join than to format anew.
    local whole = wrk.format("GET", (path:gsub("[@#]", "\1")))
    before, after = whole:match("^(.-)\1(.*)$")
    least, most = tonumber(os.getenv("LEAST") or 0), tonumber(os.getenv("MOST") or 1)
    random = math.random
end

function request()
    if has_id then
        local at = random(0, count - 1) * width
        return before .. ids:sub(at + 1, at + width - 1) .. after
    end
    return before .. random(least, most) .. after
end


dofile(os.getenv("DONE"))
