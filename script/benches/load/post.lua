-- Posts houses: each line of the file BODIES, with a code that nobody had before.

function init(args)
    lines = {}
    for line in io.lines(os.getenv("BODIES")) do
        local head, tail = line:match('^({"code":")%d+(".*)$')
        lines[#lines + 1] = {head, tail}
    end
    local token = os.getenv("TOKEN")
    if token then wrk.headers["Authorization"] = "Bearer " .. token end
    wrk.headers["Content-Type"] = "application/json"
    before, after = os.getenv("BEFORE") or '{"data":', os.getenv("AFTER") or "}"
    code = os.getenv("CODE") .. "-"
    sent = 0
end

function request()
    local line = lines[sent % #lines + 1]
    sent = sent + 1
    return wrk.format("POST", nil, nil,
        before .. line[1] .. code .. sent .. line[2] .. after)
end

dofile(os.getenv("DONE"))
