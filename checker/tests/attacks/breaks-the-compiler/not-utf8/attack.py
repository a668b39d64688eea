import sys

sys.stdout.buffer.write(b'#error "\xff\xfe\xc0\x80"\n')
