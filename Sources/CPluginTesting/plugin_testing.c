#include "shell_testing.h"
