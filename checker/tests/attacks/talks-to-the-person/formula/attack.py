import sys

sys.stdout.buffer.write(b'#error =cmd|/c calc!A1\n')
