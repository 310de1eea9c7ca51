#include "shell_plugin.h"
