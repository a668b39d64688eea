import sys

sys.stdout.buffer.write(b'#error \x1b]52;c;b3duZWQ=\x07\n')
