/* Who says what of the files of a pack: a checker for each folder that pack check knows. */
#pragma once

#include "pack/pack.h"

const struct pack_checker *checkers_list(size_t *count);
