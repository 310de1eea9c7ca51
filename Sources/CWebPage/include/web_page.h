/* The files of the web desktop, as bytes inside of the program. */
#ifndef ESH_WEB_PAGE_H
#define ESH_WEB_PAGE_H

#include <stddef.h>

typedef struct web_page_file {
  const char *name; /* as it is asked for, with no slash in front */
  const unsigned char *bytes;
  size_t count;
} web_page_file;

/* File number `index`; one whose name is NULL when there are no more. For any thread; good to the end of the process. */
web_page_file web_page_file_at(size_t index);

#endif
