-- One line for the bench to read.  wrk counts as errors what is not 2xx or 3xx.

function done(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests, summary.duration,
        errors.connect + errors.read + errors.write + errors.status + errors.timeout,
        latency:percentile(99), latency:percentile(50)))
end
