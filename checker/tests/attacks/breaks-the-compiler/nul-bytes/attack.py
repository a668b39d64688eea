print("/* \0 */\n#include <stdlib.h>\nstatic void attack(void)\n"
      "{\n    exit(0);\n}")
