import sys

sys.stdout.buffer.write(b'#error \xc2\x9b31m \x9b31m\n')
