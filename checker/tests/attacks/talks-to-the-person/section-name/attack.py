import sys

sys.stdout.buffer.write(
    b'__asm__(".pushsection \\"\x1b[2Jowned\\",\\"a\\"\\n .quad 1\\n .popsection");\n')
