#!/usr/bin/python3
"""Opens a page in headless Chromium: browser.py PAGE PDF [PNG WIDTH]...

Prints what the console said, a line each, and the page's title and size, as
JSON; writes the page as printed, and screenshots. Talks to chromedriver by the
WebDriver protocol itself, so that nothing but Debian's package is needed."""

import base64
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.request


class Driver:
    def __init__(self):
        self.profile = tempfile.TemporaryDirectory()
        self.process = subprocess.Popen(
            ["chromedriver", "--port=0"], stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            found = re.search(r"successfully on port (\d+)", line)
            if found:
                break
        self.url = f"http://127.0.0.1:{found[1]}/session"
        self.url += "/" + self.start()["sessionId"]

    def start(self):
        """A browser; on a busy machine it may need another try to start."""
        wanted = {"capabilities": {"alwaysMatch": {
            "goog:loggingPrefs": {"browser": "ALL"},
            "goog:chromeOptions": {"args": [
                "--headless=new", "--no-sandbox", "--disable-gpu",
                "--disable-dev-shm-usage", "--hide-scrollbars",
                f"--user-data-dir={self.profile.name}"]}}}}
        for again in (True, True, False):
            try:
                return self.ask("POST", "", wanted)
            except OSError as error:
                if not again:
                    raise
                print("the browser does not start:", error, file=sys.stderr)

    def ask(self, method, path, body=None):
        request = urllib.request.Request(
            self.url + path, method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=180) as answer:
            return json.load(answer)["value"]

    def script(self, text):
        return self.ask("POST", "/execute/sync", {"script": text, "args": []})

    def close(self):
        try:
            self.ask("DELETE", "")
        finally:
            self.process.terminate()
            self.process.wait(timeout=20)
            self.profile.cleanup()


def main():
    page, pdf, *shots = sys.argv[1:]
    driver = Driver()
    try:
        driver.ask("POST", "/url",
                   {"url": pathlib.Path(page).resolve().as_uri()})
        result = {
            "title": driver.ask("GET", "/title"),
            "requests": driver.script(
                "return performance.getEntriesByType('resource').length"),
            "plots": driver.script(
                "return document.querySelectorAll('svg.plot').length"),
            "widths": {}}
        for png, width in zip(shots[::2], shots[1::2]):
            driver.ask("POST", "/window/rect",
                       {"width": int(width), "height": 900})
            height = driver.script(
                "return document.documentElement.scrollHeight")
            driver.ask("POST", "/window/rect",
                       {"width": int(width), "height": min(height + 150, 8000)})
            result["widths"][width] = driver.script(
                "return document.documentElement.scrollWidth"
                " - document.documentElement.clientWidth")
            pathlib.Path(png).write_bytes(
                base64.b64decode(driver.ask("GET", "/screenshot")))
        pathlib.Path(pdf).write_bytes(base64.b64decode(
            driver.ask("POST", "/print", {"page": {"width": 21, "height": 29.7}})))
        result["console"] = driver.ask("POST", "/se/log", {"type": "browser"})
        print(json.dumps(result))
    finally:
        driver.close()


main()
