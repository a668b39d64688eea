const void *const agent_program[8] = {0};
