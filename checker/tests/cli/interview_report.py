#!/usr/bin/python3
"""Reads an interview's report back: interview_report.py JSON HTML

Checks that the page is well-formed, self-contained, and says what the JSON
says."""

import html.parser
import json
import sys

VOID = {"meta", "br", "col", "hr", "img"}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.text, self.ids = [], [], set()

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        assert tag not in ("script", "iframe", "link", "object"), tag
        for name in ("src", "href"):
            assert not attributes.get(name, "").startswith("http"), attributes
        assert not any(name.startswith("on") for name in attributes)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, (self.open, tag)
        self.open.pop()

    def handle_data(self, data):
        self.text.append(data)


def check_json(report):
    assert report["schema"] == "kata-interview/1"
    assert report["mode"] in ("alone", "pair")
    seconds = [event["seconds"] for event in report["timeline"]]
    assert seconds == sorted(seconds), seconds
    assert sum(r["minutes"] for r in report["rounds"]) == report["minutes"]
    assert 0 <= report["score"] <= 100
    for entry in report["rounds"]:
        for run in entry.get("runs", []):
            assert run["source"] and run["seconds"] >= 0
            assert run["late"] == (run["seconds"] > 60 * report["minutes"])


def main():
    report = json.load(open(sys.argv[1], encoding="utf-8"))
    check_json(report)
    page = Page()
    page.feed(open(sys.argv[2], encoding="utf-8").read())
    page.close()
    assert not page.open, page.open
    text = " ".join("".join(page.text).split())
    for entry in report["rounds"]:
        for question in entry.get("questions", []):
            assert question["id"] in text
        if "title" in entry:
            assert entry["title"] in text
        for run in entry.get("runs", []):
            for call in run.get("counterexample", {}).get("trace", []):
                assert call in text, call
    for mark in report["rubric"]:
        assert mark["criterion"] in text
        assert mark.get("why", "") in text
    for note in report["notes"]:
        assert note["text"] in text, note
    for each in report["practise"]:
        assert each["command"] in text, each


main()
