import sys

sys.stdout.buffer.write(b'#error \x1b]0;owned\x07 \x1b[2J\x1b[31m\n')
