#include "platform_library.h"
