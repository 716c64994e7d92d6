/* What systemd is told about the server (sd_notify); nothing happens where there is none. */
#pragma once

#include "core/arena.h"

/* state: "READY", "STOPPING", or "MAINPID": which process it is from now on. */
void supervisor_tell(struct arena *arena, const char *state);
