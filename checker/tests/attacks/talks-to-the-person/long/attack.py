import sys

sys.stdout.buffer.write(b'#error ' + b'long ' * 150000 + b'\n')
