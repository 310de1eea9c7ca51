/* The bare loop as a program of its own, for the axes where the size of an executable counts: shell-bench
 * compiles these files with -DBARE_LOOP_PROGRAM. In the library this file is empty. */
#ifdef BARE_LOOP_PROGRAM
#include "bare_loop.h"

#include <stddef.h>

int main(int count, char **arguments) {
  bare_loop_options options = {
      .socket_path = count > 2 && arguments[2][0] ? arguments[2] : NULL,
      .database_path = count > 1 && arguments[1][0] ? arguments[1] : NULL};
  return bare_loop_run(&options);
}
#else
typedef int bare_loop_is_a_library;
#endif
