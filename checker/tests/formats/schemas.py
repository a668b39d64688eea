"""What each JSON format has to look like, as JSON Schemas in our own words.

Sources: SARIF 2.1.0 (OASIS) and what GitHub's code scanning asks of it; the
Gradescope autograder specification; the JSON specification of check50; the
runner results that GitHub Classroom's grading reporter reads.
"""

TEXT = {"type": "string", "maxLength": 70000}
POINTS = {"type": "number", "minimum": 0}
COUNT = {"type": "integer", "minimum": 0}
CATEGORIES = """compile-error forbidden wrong-answer crash timeout output-limit
memory-limit memory-error leak data-race deadlock alloc-failure too-slow too-big
style tampering internal-error""".split()


def record(required, optional=None):
    """An object with these keys and no others."""
    return {"type": "object", "required": list(required),
            "properties": {**required, **(optional or {})},
            "additionalProperties": False}


def array(items):
    return {"type": "array", "items": items}


FINDING = record(
    {"category": {"enum": CATEGORIES}, "severity": {"enum": ["error", "warning"]},
     "message": TEXT},
    {"file": TEXT, "line": COUNT, "column": COUNT, "test": TEXT,
     "expected": TEXT, "actual": TEXT, "trace": array(TEXT),
     "want": array(TEXT), "got": array(TEXT), "trace_file": TEXT})
STAGE = record(
    {"name": {"enum": "build policy tests oracle memory faults threads growth "
                      "style".split()},
     "status": {"enum": ["pass", "fail", "error", "skip"]}, "score": POINTS,
     "max_score": COUNT, "seconds": POINTS, "findings": array(FINDING)},
    {"category": {"enum": CATEGORIES}, "reason": TEXT,
     "details": {"type": "object"}})
RESULT = record(
    {"schema": {"const": "kata-result/1"}, "kata": TEXT,
     "verdict": {"enum": ["pass", "fail", "error"]}, "score": POINTS,
     "max_score": COUNT, "seed": COUNT, "seconds": POINTS,
     "provenance": {"type": "object",
                    "required": ["submission", "kata", "sandbox"]},
     "stages": array(STAGE)},
    {"category": {"enum": CATEGORIES}, "path": TEXT, "name": TEXT})

MESSAGE = record({"text": TEXT})
LOCATION = record({"physicalLocation": record(
    {"artifactLocation": record({"uri": {
        "type": "string", "pattern": "^([A-Za-z0-9/._~-]|%[0-9A-F]{2})*$"}})},
    {"region": record({"startLine": {"type": "integer", "minimum": 1}},
                      {"startColumn": {"type": "integer", "minimum": 1}})})})
SARIF_RESULT = record(
    {"ruleId": {"enum": CATEGORIES}, "ruleIndex": COUNT,
     "level": {"enum": ["none", "note", "warning", "error"]},
     "message": MESSAGE,
     "locations": {**array(LOCATION), "minItems": 1, "maxItems": 1},
     "partialFingerprints": {"type": "object", "minProperties": 1,
                             "additionalProperties": {
                                 "type": "string", "pattern": "^[0-9a-f]{64}$"}},
     "properties": {"type": "object"}})
RULE = record(
    {"id": {"enum": CATEGORIES}, "shortDescription": MESSAGE,
     "defaultConfiguration": record({"level": {"enum": ["error", "warning"]}})})
INVOCATION = record(
    {"executionSuccessful": {"type": "boolean"},
     "toolExecutionNotifications": array(
         record({"level": {"const": "error"}, "message": MESSAGE}))})
SARIF = record(
    {"$schema": {"type": "string", "format": "uri"},
     "version": {"const": "2.1.0"},
     "runs": {**array(record(
         {"tool": record({"driver": record({"name": {"const": "kata"},
                                            "rules": array(RULE)})}),
          "invocations": array(INVOCATION),
          "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
          "results": array(SARIF_RESULT), "properties": {"type": "object"}})),
              "minItems": 1, "maxItems": 1}})

CLASSROOM = record(
    {"version": {"const": 1}, "status": {"enum": ["pass", "fail", "error"]},
     "max_score": POINTS,
     "tests": {**array(record(
         {"name": TEXT, "status": {"enum": ["pass", "fail", "error"]},
          "score": POINTS, "max_score": POINTS, "message": TEXT,
          "test_code": TEXT, "filename": TEXT, "line_no": COUNT,
          "duration": POINTS})), "minItems": 1}})

FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
VISIBILITY = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
GRADESCOPE = record(
    {"output": TEXT, "tests": {**array(record(
        {"name": TEXT, "output": TEXT},
        {"score": POINTS, "max_score": POINTS, "number": TEXT,
         "status": {"enum": ["passed", "failed"]}, "tags": array(TEXT),
         "name_format": FORMAT, "output_format": FORMAT,
         "visibility": VISIBILITY, "extra_data": {"type": "object"}})),
        "minItems": 1}},
    {"score": POINTS, "execution_time": POINTS, "visibility": VISIBILITY,
     "stdout_visibility": VISIBILITY, "output_format": FORMAT,
     "test_output_format": FORMAT, "test_name_format": FORMAT,
     "extra_data": {"type": "object"},
     "leaderboard": array(record(
         {"name": TEXT, "value": {"type": ["number", "string"]}},
         {"order": {"enum": ["asc", "desc"]}}))})

CAUSE = {"type": "object", "required": ["rationale", "help"],
         "properties": {"rationale": TEXT, "help": {"type": ["string", "null"]},
                        "expected": TEXT, "actual": TEXT,
                        "error": record({"type": TEXT, "value": TEXT,
                                         "traceback": array(TEXT)})},
         "dependentRequired": {"expected": ["actual"], "actual": ["expected"]},
         "additionalProperties": False}
CHECK = {**record(
    {"name": TEXT, "description": TEXT, "passed": {"type": ["boolean", "null"]},
     "log": array({**TEXT, "pattern": "^[^\n]*$"}),
     "cause": {"anyOf": [CAUSE, {"type": "null"}]}, "data": {"type": "object"},
     "dependency": {"type": ["string", "null"]}}),
    # A cause exactly where a check did not pass.
    "if": {"properties": {"passed": {"const": True}}},
    "then": {"properties": {"cause": {"type": "null"}}},
    "else": {"properties": {"cause": {"type": "object"}}}}
CHECK50 = record({"slug": TEXT, "results": array(CHECK),
                  "version": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"}})
