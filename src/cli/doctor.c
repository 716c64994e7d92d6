#include "cli/doctor.h"

#include <stdarg.h>
#include <stdio.h>

static void say_json(struct doctor *doctor, const char *state, const char *check, struct str text)
{
    struct buf out = {.arena = doctor->run->arena};
    bool is_first = doctor->counts[0] + doctor->counts[1] + doctor->counts[2] == 1;

    buf_printf(&out, "%s{\"check\":\"%s\",\"state\":\"%s\",\"text\":", is_first ? "[" : ",\n ",
               check, state);
    json_write_text(&out, text);
    buf_char(&out, '}');
    doctor->run->write(doctor->run->data, buf_str(&out));
}

void doctor_say(struct doctor *doctor, enum doctor_state state, const char *check,
                const char *format, ...)
{
    static const char *const STATES[] = {"fine", "advice", "broken"};
    static const char *const MARKS[] = {"    ok  ", "advice  ", "BROKEN  "};
    char text[1000];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    doctor->counts[state]++;
    if (doctor->run->is_json)
        say_json(doctor, STATES[state], check, str_from_z(text));
    else
        command_print(doctor->run, "%s%s: %s\n", MARKS[state], check, text);
}
