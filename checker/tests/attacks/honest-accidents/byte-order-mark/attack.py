import pathlib
import sys

text = (pathlib.Path(sys.argv[1]) /
        "solutions/containers/lru-cache/lru_cache.c").read_bytes()
sys.stdout.buffer.write(b"\xef\xbb\xbf" + text)
