void bare_loop_run(void);
