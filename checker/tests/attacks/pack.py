"""Archives for the attacks of hides-in-an-archive."""

import io
import struct
import sys
import tarfile
import zipfile

SOURCE = b"int x;\n"


def entry(name, data=SOURCE, kind=tarfile.REGTYPE, link="", mode=0o644):
    """A member of a tar archive and its content."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode = kind, link, mode
    info.size = len(data) if kind == tarfile.REGTYPE else 0
    return info, data


def sparse(name, size, at, data=SOURCE):
    """A file of so many bytes that is one hole, but for the data: GNU tar's, as
    version 0.1 of them is written."""
    info, data = entry(name, data)
    info.pax_headers = {
        "GNU.sparse.major": "0", "GNU.sparse.minor": "1",
        "GNU.sparse.name": name, "GNU.sparse.size": str(size),
        "GNU.sparse.numblocks": "1", "GNU.sparse.map": f"{at},{len(data)}"}
    return info, data


def tar(*entries, mode="w:gz", format=tarfile.DEFAULT_FORMAT):
    """A surrogate in a name, "\\udcf6", is that byte in format USTAR_FORMAT."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, format=format,
                      encoding="utf-8") as archive:
        for info, data in entries:
            archive.addfile(info, io.BytesIO(data) if info.size else None)
    return out.getvalue()


def zip(*files):
    """files: (name, content), ..."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return out.getvalue()


def flagged(archive, name, flags):
    """A zip in which a member has these general purpose flags, too."""
    archive = bytearray(archive)
    for signature, at, start in (b"PK\3\4", 6, 30), (b"PK\1\2", 8, 46):
        i = archive.find(signature)
        while i >= 0:
            if archive[i + start:i + start + len(name)] == name:
                old, = struct.unpack_from("<H", archive, i + at)
                struct.pack_into("<H", archive, i + at, old | flags)
            i = archive.find(signature, i + 4)
    return bytes(archive)


def ada():
    """One who has nothing to hide."""
    return entry("ada/lru_cache.c")


def put(data):
    sys.stdout.buffer.write(data)
