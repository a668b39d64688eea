import sys

sys.stdout.buffer.write(b'#error \xe2\x80\xae drowssap \xe2\x81\xa6\n')
