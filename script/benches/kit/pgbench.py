"""pgbench runs the statements that the server was seen to run, with other ids and values."""
import re
import subprocess

CLIENTS = 64
PATIENCE_MS = "60000"  # of a statement: the server asks again on another thread, pgbench gives up


def choice(items):
    """An expression of pgbench's: the item numbered :i, after a few comparisons."""
    def between(low, high):
        if high - low == 1:
            return items[low]
        middle = (low + high) // 2
        return (f"CASE WHEN :i < {middle} THEN {between(low, middle)}"
                f" ELSE {between(middle, high)} END")
    return between(0, len(items))


def statement(text, values, variables, at, given):
    """Variables in place of the values, of the types the server declares."""
    def put(found):
        value = values[int(found[1]) - 1]
        if value is None:
            return "NULL"
        is_number = re.fullmatch(r"-?\d+", value) and "set_config" not in text
        name = variables.get(value, f"p{at}_{found[1]}")
        if value not in variables:
            is_limit = f"'statement_timeout', ${found[1]}" in text
            given[name] = PATIENCE_MS if is_limit else value
        return f":{name}::{'int8' if is_number else 'text'}"
    return re.sub(r"\$(\d+)", put, text)


def script(head, transaction, variables, catch=""):
    """
    A script, and the values to give on the command line. variables: by the value that was seen;
    the columns of a statement with catch in it become variables too.
    """
    lines, given = [head], {}
    for at, (text, values) in enumerate(transaction):
        lines.append(statement(text, values, variables, at, given))
        lines[-1] += "\n\\gset\n\\set next :seq + 1" if catch and catch in text else ";"
    return "\n".join(lines) + "\n", given


def run(cluster, path, given, warm_s, seconds):
    """
    Transactions a second, and PostgreSQL's processor's time for one, us, once each connection has
    its plans: the first five times the database makes one each time.
    """
    values = [word for name, value in given.items() for word in ("-D", f"{name}={value}")]
    process = subprocess.Popen(
        ["taskset", "-c", "1", "pgbench", "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "1",
         "-T", str(warm_s + seconds + 1), "-P", "1", "-f", path, *values, "-h", cluster.host, "-U",
         "uprava", "uprava"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        env={"PATH": "/usr/bin:/bin", "PGOPTIONS": "-c search_path=uprava -c jit=off"})
    rates, said, before, used = [], [], 0, 0
    for line in process.stderr:
        found = re.match(r"progress: ([\d.]+) s, ([\d.]+) tps, .* 0 failed", line)
        said += [] if found else [line]
        if not found:
            continue
        if float(found[1]) > warm_s + 0.5 and len(rates) < seconds:
            rates.append(float(found[2]))
            used = cluster.cpu_s() - before
        elif not rates:
            before = cluster.cpu_s()
    if process.wait() != 0 or len(rates) < seconds or "error" in "".join(said):
        raise SystemExit(f"pgbench: {''.join(said)}")
    return sum(rates) / len(rates), used * 1e6 / sum(rates)
