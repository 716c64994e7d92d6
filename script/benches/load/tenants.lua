-- Requests to many municipalities: nine of ten read a street by its id, one makes one. LINES
-- has one on each line, "name token id id …"; the first is asked for most, the next half as often,
-- then a third, … (Zipf). COUNT: only so many of the first. CODE: the beginning of new codes.
-- With ALIKE all are asked for alike, and each request makes a street.

local heads, reads, posts, sums, total = {}, {}, {}, {}, 0

function setup(thread)
    number = (number or 0) + 1
    thread:set("number", number)
end

function init(args)
    math.randomseed(number * 7919 + os.time())
    alike = os.getenv("ALIKE") ~= nil
    local count = tonumber(os.getenv("COUNT") or 1e9)
    local records = "/api/v1/registers/base.street/records"
    code, made = os.getenv("CODE") or "", 0
    for line in io.lines(os.getenv("LINES")) do
        if #sums >= count then break end
        local words = {}
        for word in line:gmatch("%S+") do words[#words + 1] = word end
        local at = #sums + 1
        heads[at] = {
            ["Authorization"] = "Bearer " .. words[2],
            ["Content-Type"] = "application/json",
        }
        posts[at] = "/" .. words[1] .. records
        reads[at] = {}
        for i = 3, #words do reads[at][i - 2] = posts[at] .. "/" .. words[i] end
        total = total + (alike and 1 or 1 / at)
        sums[at] = total
    end
end

local function pick()
    local wish, low, high = math.random() * total, 1, #sums
    while low < high do
        local middle = math.floor((low + high) / 2)
        if sums[middle] < wish then low = middle + 1 else high = middle end
    end
    return low
end

function request()
    local at = pick()
    if not alike and math.random(10) > 1 then
        return wrk.format("GET", reads[at][math.random(#reads[at])], heads[at])
    end
    made = made + 1
    local body = string.format('{"data":{"code":"%s-%d","name":"Новая %d-я","type":"ул"}}', code,
        made, made)
    return wrk.format("POST", posts[at], heads[at], body)
end


dofile(os.getenv("DONE"))
