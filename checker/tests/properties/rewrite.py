"""Other ways to write the same program: what a grade must not depend on.

rewrite(source, header, seed) changes a reference as people's solutions differ
from it: the order of functions, the names of what is static, prints for
debugging, how memory is asked for, how arrays grow. It reads C as this repository formats it:
what stands at file scope begins in the first column, and a function's body
ends with a `}` there. It is no parser of C.
"""

import random
import re

KEYWORDS = set("if while for switch return sizeof else do".split())

# `static type *name(parameters)` over as many lines as it takes, then `{`.
FUNCTION = re.compile(
    r"^(?P<head>(?:[A-Za-z_][\w ]*?[ *]+)(?P<name>[A-Za-z_]\w*)\([^;{}]*\))"
    r"\n\{\n(?P<body>.*?)^\}\n", re.M | re.S)

SCRATCH = """
/* Asks for more than it needs, and for something else at the same time. */
static void *roomy_malloc(size_t size)
{
    void *scratch = malloc(24), *block = NULL;

    if (scratch && size <= SIZE_MAX - 40)
        block = malloc(size + 40);
    free(scratch);
    return block;
}

static void *roomy_calloc(size_t count, size_t size)
{
    void *block;

    if (size && count > SIZE_MAX / size)
        return NULL;
    block = roomy_malloc(count * size);
    if (block)
        memset(block, 0, count * size);
    return block;
}
"""

ZEROED = """
static void *zeroed_malloc(size_t size)
{
    return calloc(size ? size : 1, 1);
}
"""


def uncommented(text):
    """The text with its comments blanked, of the same length."""
    def blank(match):
        found = match.group()
        if found[0] == "/":
            return re.sub(r"[^\n]", " ", found)
        return found
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'',
                  blank, text, flags=re.S)


def split(source):
    """(what is not a function, [(head, name, body)]), without comments."""
    code = uncommented(source)
    functions, rest, at = [], [], 0
    for match in FUNCTION.finditer(code):
        rest.append(code[at:match.start()])
        functions.append((match["head"], match["name"], match["body"]))
        at = match.end()
    rest.append(code[at:])
    return "".join(rest), functions


def is_type(chunk):
    """Does a chunk at file scope say what other chunks need to be there?"""
    return bool(re.match(r"(struct|union|enum)\s+\w*\s*(\{|;)|typedef\b", chunk))


def chunks(rest):
    """The declarations and definitions at file scope, and the directives."""
    directives = re.findall(r"^#(?:[^\n]*\\\n)*[^\n]*\n", rest, re.M)
    code = re.sub(r"^#(?:[^\n]*\\\n)*[^\n]*\n", "\n", rest, flags=re.M)
    found, depth, start = [], 0, 0
    for i, char in enumerate(code):
        depth += (char in "{(") - (char in "})")
        if char == ";" and depth == 0:
            found.append(code[start:i + 1].strip())
            start = i + 1
    return directives, found


def shuffled(source, rng):
    """Functions in another order, prototypes before them."""
    rest, functions = split(source)
    directives, others = chunks(rest)
    names = {name for _, name, _ in functions}
    others = [chunk for chunk in others
              if not (chunk.endswith(");") and
                      re.search(r"(\w+)\([^()]*(?:\([^()]*\)[^()]*)*\);$", chunk)
                      and re.search(r"(\w+)\(", chunk)[1] in names)]
    rng.shuffle(functions)
    parts = ["".join(directives)]
    parts += [chunk for chunk in others if is_type(chunk)]
    parts += [head + ";" for head, _, _ in functions]
    parts += [chunk for chunk in others if not is_type(chunk)]
    parts += [f"{head}\n{{\n{body}}}" for head, _, body in functions]
    return "\n\n".join(parts) + "\n"


def renamed(source, header, rng):
    """What is static has another name."""
    code = uncommented(source)
    names = re.findall(r"^static [\w ]*?[ *]+(\w+)(?=[\[;(= ])", code, re.M)
    taken = set(re.findall(r"\w+", header)) | KEYWORDS
    for name in sorted(set(names) - taken):
        # Neither a member nor a part of a string.
        source = re.sub(rf'(?<![\w.>"]){name}(?![\w"])',
                        f"{name}_{rng.randrange(1000)}", source)
    return source


def talkative(source, rng):
    """Prints at the start of some functions, on both streams."""
    def add(match):
        stream = rng.choice(["stdout", "stderr"])
        text = rng.choice([f"in {match['name']}", "= 1", "! ENOMEM", "-- live=0"])
        if rng.random() < 0.5:
            return match.group()
        return (f"{match['head']}\n{{\n    fprintf({stream}, \"{text}\\n\");\n"
                f"{match['body']}}}\n")
    return "#include <stdio.h>\n" + FUNCTION.sub(add, uncommented(source))


def allocating(source, rng):
    """Memory in other sizes and at other times."""
    head = "#include <stdint.h>\n#include <stdlib.h>\n#include <string.h>\n"
    kind = rng.choice(["roomy", "zeroed"])
    source = re.sub(r"(?<!\w)malloc\(", f"{kind}_malloc(", source)
    if kind == "roomy":
        source = re.sub(r"(?<!\w)calloc\(", "roomy_calloc(", source)
    return head + (SCRATCH if kind == "roomy" else ZEROED) + source


# What doubles: `x->capacity * 2` or `2 * *capacity` of an array, and of a table
# whose size has to stay a power of two.
DOUBLED = re.compile(r"(?P<one>\w+->capacity|\w+->bucket_count|old_count) "
                     r"\* 2\b(?! -)|\b2 \* (?P<other>\*capacity)")


def growing(source, rng):
    """Arrays grow by another factor, CPython's among them; each alike."""
    way = rng.choice(["{0} * 3", "{0} * 4", "{0} + {0} / 2 + 1",
                      "{0} + {0} / 8 + 6"])

    def grown(match):
        size = match["one"] or match["other"]
        is_table = re.search("table|bucket|old", size)
        return ("{0} * 4" if is_table else way).format(size)
    return DOUBLED.sub(grown, source)


WAYS = {
    "order": lambda source, header, rng: shuffled(source, rng),
    "names": renamed,
    "prints": lambda source, header, rng: talkative(source, rng),
    "memory": lambda source, header, rng: allocating(source, rng),
    "growth": lambda source, header, rng: growing(source, rng),
}


def rewrite(source, header, seed, ways=None):
    """The source, rewritten in some ways; and which."""
    rng = random.Random(seed)
    ways = ways or [way for way in WAYS if rng.random() < 0.6] or ["order"]
    for way in ways:
        source = WAYS[way](source, header, rng)
    return source, ways
