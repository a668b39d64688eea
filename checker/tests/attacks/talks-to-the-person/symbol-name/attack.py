import sys

sys.stdout.buffer.write(
    b'__asm__(".globl \\"\x1b[2Jowned\\"\\n .set \\"\x1b[2Jowned\\", 1\\n"\n'
    b'        ".quad \\"\x1b]0;used\x07\\"");\n')
