import sys

sys.stdout.buffer.write(b'#error <script>alert(1)</script><img src=x onerror=alert(1)>\n')
