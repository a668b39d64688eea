#!/usr/bin/python3
"""Reads reports back with parsers that are not the checker's.

    check.py FORMAT REPORT [RESULT]

FORMAT is a name of `kata grade --format`; REPORT the file; RESULT, where given,
the kata-result/1 that it was made of, with which verdict, points and stages are
compared. Prints what is wrong and exits with 1.

    check.py class FORMAT REPORT LINES reads back one report of many results,
                                       which are the lines of a file

    check.py hostile KATA FOLDER       gives every format a hostile text in
                                       every place a submission can reach
    check.py self-test KATA RESULT     shows that each check can fail
"""
import csv
import html.parser
import io
import json
import os
import re
import subprocess
import sys
import urllib.parse

import jsonschema
import yaml

import schemas

HERE = os.path.dirname(os.path.abspath(__file__))
STAGES = "build policy tests oracle memory faults threads growth style".split()
# What acts on a terminal or turns text around.
ACTING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u2028-"
                    "\u202e\u2066-\u2069\u061c\ufeff]|\r(?!\n)")


# What a batch adds to a result, beside it: no part of the grade.
OWNER = {"student", "file"}


class Wrong(Exception):
    pass


def need(condition, text):
    if not condition:
        raise Wrong(text)


def validate(document, schema):
    try:
        jsonschema.Draft202012Validator(schema).validate(document)
    except jsonschema.ValidationError as e:
        raise Wrong(f"{e.json_path}: {e.message[:300]}") from e


def load(text):
    def unique(pairs):
        need(len({k for k, _ in pairs}) == len(pairs), "a key comes twice")
        return dict(pairs)

    def refuse(name):
        raise Wrong(f"{name} is no JSON")
    return json.loads(text, object_pairs_hook=unique, parse_constant=refuse)


def stage_of(result, name):
    return next(s for s in result["stages"] if s["name"] == name)


def check_json(text, result):
    document = load(text)
    validate(document, schemas.RESULT)
    if result:
        given = {k: v for k, v in result.items() if k not in OWNER}
        need(document == given, "not the result it was made of")


def check_jsonl(text, result):
    need(text.count("\n") == 1 and text.endswith("\n"), "not one line")
    check_json(text, result)


def check_junit(text, result):
    run = subprocess.run(
        ["xmllint", "--nonet", "--noout", "--schema",
         os.path.join(HERE, "junit.xsd"), "-"],
        input=text.encode(), capture_output=True, check=False)
    need(run.returncode == 0, run.stderr.decode(errors="replace")[:500])
    import xml.etree.ElementTree as tree
    suites = tree.fromstring(text)
    for suite in suites:
        cases = suite.findall("testcase")
        for attribute, element in (("failures", "failure"), ("errors", "error"),
                                   ("skipped", "skipped")):
            n = sum(c.find(element) is not None for c in cases)
            need(int(suite.get(attribute)) == n,
                 f"{suite.get('name')}: {attribute} is not {n}")
        need(int(suite.get("tests")) == len(cases), "tests is not the count")
    if result:
        for stage in result["stages"]:
            suite = next(s for s in suites if s.get("name") ==
                         f"{result['kata']}.{stage['name']}")
            outcome = {"pass": None, "fail": "failure", "error": "error",
                       "skip": "skipped"}[stage["status"]]
            last = list(suite)[-1]
            for element in ("failure", "error", "skipped"):
                need((last.find(element) is not None) == (element == outcome),
                     f"{stage['name']} is not {stage['status']}")


POINT = re.compile(r"(not )?ok (\d+) - ((?:[^\\#]|\\[\\#])*?)"
                   r"(?: # (SKIP|TODO)(?: ((?:[^\\#]|\\[\\#])*))?)?$")


def tap_block(lines, i):
    """The YAML block that starts at line i, and the line after it."""
    block = []
    i += 1
    while lines[i] != "  ...":
        need(lines[i].startswith("  ") and lines[i] != "  ---", "block: " + lines[i])
        block.append(lines[i][2:])
        i += 1
    return yaml.safe_load("\n".join(block)), i + 1


def read_tap(text):
    need(text.endswith("\n"), "no newline at the end")
    lines = text[:-1].split("\n")
    need(lines[0] == "TAP version 14", "no version line")
    plan = re.fullmatch(r"1\.\.(\d+)", lines[1])
    need(plan, "no plan")
    points, i = [], 2
    while i < len(lines):
        if lines[i].startswith("# "):
            i += 1
            continue
        match = POINT.fullmatch(lines[i])
        need(match, "no test point: " + lines[i][:200])
        need(int(match[2]) == len(points) + 1, "numbers are not in order")
        points.append({"ok": not match[1], "name": match[3],
                       "directive": match[4], "yaml": None})
        i += 1
        if i < len(lines) and lines[i] == "  ---":
            points[-1]["yaml"], i = tap_block(lines, i)
    need(len(points) == int(plan[1]), "the plan does not fit")
    return points


def check_tap(text, result):
    points = read_tap(text)
    for point in points:
        need(point["ok"] or point["yaml"], "a failure without its reason")
    if not result:
        return
    need(len(points) == len(result["stages"]), "not a point a stage")
    for point, stage in zip(points, result["stages"]):
        need(point["name"].startswith(stage["name"] + ": "), point["name"])
        need(point["ok"] == (stage["status"] in ("pass", "skip")), "status")
        need((point["directive"] == "SKIP") == (stage["status"] == "skip"), "skip")
        found = (point["yaml"] or {}).get("findings") or []
        need(len(found) == min(20, len(stage["findings"])), "findings are missing")


def check_sarif(text, result):
    document = load(text)
    validate(document, schemas.SARIF)
    run = document["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for entry in run["results"]:
        need(rules[entry["ruleIndex"]] == entry["ruleId"], "ruleIndex")
        place = entry["locations"][0]["physicalLocation"]
        urllib.parse.urlsplit(place["artifactLocation"]["uri"])
    if result:
        need(len(run["results"]) == sum(len(s["findings"])
                                        for s in result["stages"]), "results")
        need(run["invocations"][0]["executionSuccessful"] ==
             (result["verdict"] != "error"), "executionSuccessful")


def decode_property(text):
    need(not re.search(r"[:,\r\n]|%(?!25|0D|0A|3A|2C)", text), "property: " + text)
    return urllib.parse.unquote(text)


def read_commands(text):
    """The commands as GitHub's runner reads them from a log."""
    for line in text.splitlines():
        match = re.fullmatch(r"::(error|warning|notice) (.*?)::(.*)", line)
        need(match, "no command of ours: " + line[:200])
        properties = {}
        for pair in match[2].split(","):
            key, value = pair.split("=", 1)
            need(key in ("file", "line", "col", "title"), "property " + key)
            properties[key] = decode_property(value)
        need(not re.search(r"%(?!25|0D|0A)", match[3]), "data is not escaped")
        yield match[1], properties, urllib.parse.unquote(match[3])


def check_github(text, result):
    commands = list(read_commands(text))
    for _, properties, _ in commands:
        need("title" in properties, "no title")
        need(properties.get("line", "1").isdigit(), "line")
    if result:
        last = commands[-1]
        need(last[2].startswith(result["verdict"] + ", "), "verdict")
        need((last[0] == "notice") == (result["verdict"] == "pass"), "level")


OURS = re.compile(r"|\|[^<>]*\||#{2,3} [a-z0-9\\+-]+(: [^<>`]*)?|seed \d+|"
                  r"\d+ (day|hour)s? late: [\w .;%]+|not known when [\w :]+")


def check_markdown(text, result):
    fence = None
    for line in text.split("\n"):
        match = re.fullmatch(r"(`{3,})(text)?", line)
        if fence is None:
            if match and match[2]:
                fence = match[1]
            else:
                need(OURS.fullmatch(line), "foreign Markdown: " + line[:200])
        elif match and not match[2] and len(match[1]) >= len(fence):
            need(match[1] == fence, "closed by foreign backticks")
            fence = None
    need(fence is None, "a block stays open")
    if result:
        need(f": {result['verdict']}, " in text.split("\n")[0], "verdict")


class Page(html.parser.HTMLParser):
    VOID = {"br", "col", "hr", "img", "input", "link", "meta", "wbr"}
    FORBIDDEN = {"script", "iframe", "object", "embed", "form", "base", "link"}

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.text = [], []

    def handle_starttag(self, tag, attrs):
        need(tag not in self.FORBIDDEN, f"<{tag}>")
        for name, value in attrs:
            need(not name.startswith("on"), f"{name}=")
            if name in ("href", "src"):
                need(not re.match(r"\s*(javascript|data:text)", value or "", re.I),
                     f"{name}={value}")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        need(self.open and self.open[-1] == tag, f"</{tag}> in {self.open[-3:]}")
        self.open.pop()

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.text.append(data)

    def handle_comment(self, data):
        raise Wrong("a comment: " + data[:100])


def check_html(text, result):
    need(text.startswith("<!doctype html>"), "no doctype")
    page = Page()
    page.feed(text)
    page.close()
    need(not page.open, f"left open: {page.open}")
    need("default-src &#39;none&#39;" in text, "no policy against foreign content")
    need(not re.search(r"url\(|@import|https?://(?!www\.w3\.org)",
                       text.split("</style>")[0]), "something from elsewhere")
    if result:
        need(result["verdict"] in "".join(page.text), "verdict")


def check_classroom(text, result):
    document = load(text)
    validate(document, schemas.CLASSROOM)
    if result:
        need(document["status"] == result["verdict"], "status")
        need(document["max_score"] == result["max_score"], "max_score")
        total = sum(t["score"] for t in document["tests"])
        need(abs(total - result["score"]) < 0.001, "points")


def check_gradescope(text, result):
    document = load(text)
    validate(document, schemas.GRADESCOPE)
    scored = [t for t in document["tests"] if "score" in t]
    if not result:
        return
    if result["verdict"] == "error":
        need("score" not in document and not scored, "points for an error")
        return
    need(abs(document["score"] - result["score"]) < 0.001, "score")
    need(abs(sum(t["score"] for t in scored) - result["score"]) < 0.001, "points")
    boards = {b["name"] for b in document["leaderboard"]}
    need("Instructions a call" not in boards or result["verdict"] == "pass",
         "a wrong solution leads")


def check_check50(text, result):
    document = load(text)
    validate(document, schemas.CHECK50)
    if result:
        passed = {"pass": True, "fail": False, "skip": None, "error": None}
        need([(c["name"], c["passed"]) for c in document["results"]] ==
             [(s["name"], passed[s["status"]]) for s in result["stages"]], "checks")


def check_csv(text, result):
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    need(text.endswith("\r\n"), "no CRLF at the end")
    need(all(len(row) == len(rows[0]) for row in rows), "rows differ in length")
    for cell in (cell for row in rows for cell in row):
        need(not re.match("[\\s\u3000]*[=+\\-@|%\t\r\uff1d\uff0b\uff0d\uff20]", cell),
             "a formula: " + cell[:100])
        need("\n" not in cell and "\r" not in cell, "a cell of two lines")
    if result:
        need(len(rows) == 2, "not one line")
        row = dict(zip(*rows))
        need(row["verdict"] == result["verdict"], "verdict")
        need(abs(float(row["score"]) - result["score"]) < 0.01, "score")


def check_gcc(text, result):
    lines = text[:-1].split("\n")
    for line in lines[:-1]:
        need(line.startswith("    ") or re.match(
            r".*?:\d+:\d+: (error|warning): .* \[[a-z-]+\]$", line), line[:200])
    if result:
        need(lines[-1].startswith(f"{result['kata']}: {result['verdict']}, "),
             "verdict")


def check_term(text, result):
    if result:
        need(f"\n{result['verdict']}  " in text, "verdict")


def class_jsonl(text, results):
    lines = [load(line) for line in text.splitlines()]
    need(len(lines) == len(results), "not a line a result")
    for line, result in zip(lines, results):
        need(line.pop("name", None) == result["student"], "name")
        check_json(json.dumps(line), result)


def class_csv(text, results):
    check_csv(text, None)
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    need(len(rows) == len(results), "not a line a result")
    for row, result in zip(rows, results):
        need(row["name"].lstrip("'") == result["student"], "name")
        need(row["verdict"] == result["verdict"], "verdict")
        need(abs(float(row["score"]) - result["score"]) < 0.01, "score")


def class_junit(text, results):
    check_junit(text, None)
    import xml.etree.ElementTree as tree
    suites = list(tree.fromstring(text))
    need(len(suites) == len(results), "not a suite a result")
    for suite, result in zip(suites, results):
        need(result["student"] in suite.get("name"), "name")
        for case, stage in zip(suite, result["stages"]):
            wrong = {"pass": None, "fail": "failure", "error": "error",
                     "skip": "skipped"}[stage["status"]]
            need(wrong is None or case.find(wrong) is not None,
                 f"{stage['name']} is not {stage['status']}")


def check_class(name, report, lines):
    with open(report, encoding="utf-8", newline="") as file:
        text = file.read()
    need(not ACTING.search(text), "what acts on a terminal")
    with open(lines, encoding="utf-8") as file:
        results = [load(line) for line in file]
    need(results, "no results")
    globals()["class_" + name](text, results)


CHECKS = {name[6:]: function for name, function in list(globals().items())
          if name.startswith("check_") and name != "check_class"}


def check(name, data, result):
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as e:
        raise Wrong(str(e)) from e
    acting = ACTING.search(text)
    need(not acting, f"{acting and acting[0]!r} in the report")
    need(len(data) < 4 << 20, f"{len(data)} bytes")
    CHECKS[name](text, result)


HOSTILE = [
    "\x1b[2J\x1b]0;title\x07", "\u009b31m", "\u202eevil\u2066", "\ufffe\uffff",
    "</script></pre></title><script>alert(1)</script>",
    "]]><failure/><!-- & &lt; &#0; --> <![CDATA[",
    "::error file=x,line=1::y", "\r\n::stop-commands::z\n##[error]x",
    "%0A::error::x%25", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1",
    " =1", "\uff1d1", "a\"b,c;d'e\r\n=1", "```\n# h\n<img src=x onerror=a>\n```",
    "`````text", "not ok 1 - x\n1..0\nBail out!\n  ...\n  ---\nok 2",
    "# SKIP \\# TODO \\", "../../etc/passwd\\x", "{}\": !!python/object", "",
    "A" * (1 << 20), "`" * 5000, "\n" * 100000,
]


def hostile_results():
    for text in HOSTILE:
        finding = {"category": "crash", "severity": "error", "message": text,
                   "file": text, "line": 3, "column": 2, "test": text,
                   "expected": text, "actual": text, "trace": [text, "put 1 1"],
                   "want": [text], "got": [text], "trace_file": text}
        stages = [{"name": name, "status": "pass", "score": 1.5, "max_score": 10,
                   "seconds": 0.25, "findings": []} for name in STAGES]
        stages[2].update(status="fail", category="crash", findings=[
            finding, {**finding, "severity": "warning", "file": "lru_cache.c"}],
            details={"passed": [text]})
        stages[4].update(status="error", category="internal-error", reason=text)
        stages[5].update(status="skip", reason=text)
        stages[7]["details"] = {"claims": [{
            "claim": text, "class": text, "points": [
                {"n": 2 ** n, "instructions": 3.5 * n, "reference": 3.0}
                for n in range(8, 12)]}]}
        for verdict in ("fail", "error") if text == HOSTILE[0] else ("fail",):
            yield {"schema": "kata-result/1", "kata": "lru-cache",
                   "path": text, "verdict": verdict, "category": "crash",
                   "score": 13.5, "max_score": 90, "seed": 7, "seconds": 1.5,
                   "provenance": {"submission": "sha256:" + "0" * 64,
                                  "kata": "sha256:" + "1" * 64,
                                  "toolchain": text, "sandbox": "bwrap"},
                   "stages": stages}


def hostile(kata, folder):
    """Every format of every hostile result, through `kata report`."""
    environment = {**os.environ, "GITHUB_STEP_SUMMARY": ""}
    count = 0
    path = os.path.join(folder, "hostile.json")
    for result in hostile_results():
        with open(path, "w", encoding="utf-8") as out:
            json.dump(result, out)
        for name in CHECKS:
            run = subprocess.run([kata, "report", path, "--format", name],
                                 capture_output=True, env=environment, check=False)
            where = f"{name}, {result['path'][:40]!r}: "
            need(run.returncode == 0, where + run.stderr.decode())
            given = None if name in ("json", "jsonl") else result
            try:
                check(name, run.stdout, given)
            except Wrong as e:
                raise Wrong(where + str(e)) from e
            count += 1
    os.remove(path)
    print(f"{count} reports of hostile results read back")


# For each format, changes that its check has to notice: replace A by B.
PLANTED = {
    "term": [("\nfail  ", "\npass  ")],
    "gcc": [(" error: ", " eror: "), (": fail, ", ": pass, ")],
    "json": [("kata-result/1", "kata-result/2"), ("\"verdict\"", "\"Verdict\"")],
    "jsonl": [("{\"schema\"", "\n{\"schema\"")],
    "junit": [("failures=\"1\"", "failures=\"0\""), ("<failure", "<failing"),
              ("message=\"", "message=\"<"), ("</testsuites>", "")],
    "tap": [("1..", "1..9"), ("not ok 3", "ok 3"), ("  ...\n", ""),
            ("message: \"", "message: \"\\q"), ("ok 2", "ok 7")],
    "sarif": [("\"2.1.0\"", "\"2.2\""), ("\"uri\": \"", "\"uri\": \"a b"),
              ("\"locations\"", "\"location\"")],
    "github": [("::error", "\n::set-output name=x::y\n::error"), ("%0A", "%zz")],
    "markdown": [("```text\n", "```text\n```\n<b>\n")],
    "html": [("<h1>", "<h1><script>1</script>"), ("</table>", ""),
             ("<p", "<p onclick=\"x\"")],
    "classroom": [("\"version\": 1", "\"version\": 2"), ("\"fail\"", "\"failed\"")],
    "gradescope": [("\"score\": ", "\"score\": 1"), ("\"visible\"", "\"seen\"")],
    "check50": [("\"passed\": false", "\"passed\": true"), ("\"cause\"", "\"why\"")],
    "csv": [("\"lru-cache\"", "\"=1\""), (",fail,", ",pass,"), ("\r\n", "\n,\r\n")],
}


def self_test(kata, result_path):
    """Each change of PLANTED to a right report is noticed, and \\x1b always."""
    with open(result_path, encoding="utf-8") as file:
        result = load(file.read())
    for name in CHECKS:
        report = subprocess.run([kata, "report", result_path, "--format", name],
                                capture_output=True, check=True).stdout.decode()
        given = result
        check(name, report.encode(), given)
        changes = PLANTED[name] + [(report[-20:], "\x1b" + report[-20:])]
        for old, new in changes:
            need(old in report, f"{name}: nothing to plant at {old!r}")
            try:
                check(name, report.replace(old, new, 1).encode(), given)
            except (Wrong, yaml.YAMLError, csv.Error, ValueError, IndexError,
                    StopIteration):
                continue
            raise Wrong(f"{name}: {old!r} -> {new!r} was not noticed")
    print("every planted fault was noticed")


def main(arguments):
    if arguments[0] == "hostile":
        hostile(*arguments[1:])
    elif arguments[0] == "class":
        check_class(*arguments[1:])
    elif arguments[0] == "self-test":
        self_test(*arguments[1:])
    else:
        with open(arguments[1], "rb") as file:
            data = file.read()
        result = None
        if len(arguments) > 2:
            with open(arguments[2], encoding="utf-8") as file:
                result = load(file.read())
        check(arguments[0], data, result)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Wrong as wrong:
        sys.exit(f"{sys.argv[1]}: {wrong}")
