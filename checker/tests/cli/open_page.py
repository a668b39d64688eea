#!/usr/bin/python3
"""Opens a page in headless Chromium at phone and desktop width.

    open_page.py FILE [FOLDER]

Prints every message on the page's console, and whether the page is wider than
the window; FOLDER gets phone.png and desktop.png. Exit status: 0 where there
was nothing to print, 1 otherwise, 3 where the browser does not work.
"""

import base64
import json
import pathlib
import re
import subprocess
import sys
import urllib.request

WIDTHS = {"phone": 390, "desktop": 1280}
OVERFLOW = ("return [document.documentElement.scrollWidth, window.innerWidth,"
            " document.body.innerText.length]")


class Driver:
    """A chromedriver of our own, on a port that was free."""

    def __init__(self):
        self.process = subprocess.Popen(
            ["chromedriver", "--port=0"], stdout=subprocess.PIPE, text=True)
        self.base = None
        for line in self.process.stdout:
            found = re.search(r"started successfully on port (\d+)", line)
            if found:
                self.base = "http://127.0.0.1:" + found[1]
                break
        if not self.base:
            sys.exit(3)

    def call(self, path, body=None, method=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.base + path, data,
            {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=180) as answer:
            return json.load(answer)["value"]

    def session(self, wanted):
        """A browser; on a busy machine it may need another try to start."""
        for again in (True, True, False):
            try:
                return self.call("/session", {"capabilities": {
                    "alwaysMatch": wanted}})["sessionId"]
            except OSError as error:
                if not again:
                    raise
                print("the browser does not start:", error, file=sys.stderr)

    def close(self):
        self.process.terminate()
        self.process.wait()


def look(driver, url, width, picture):
    """The complaints about the page at one width."""
    options = {
        "args": ["--headless=new", "--no-sandbox", "--disable-gpu",
                 "--disable-dev-shm-usage", "--hide-scrollbars"],
        "mobileEmulation": {"deviceMetrics": {
            "width": width, "height": 900, "pixelRatio": 1, "mobile": False}}}
    path = "/session/" + driver.session({
        "browserName": "chrome", "goog:chromeOptions": options,
        "goog:loggingPrefs": {"browser": "ALL"}})
    try:
        driver.call(path + "/url", {"url": url})
        page, window, text = driver.call(
            path + "/execute/sync", {"script": OVERFLOW, "args": []})
        complaints = [entry["message"] for entry in
                      driver.call(path + "/se/log", {"type": "browser"})]
        if page > window:
            complaints.append("%d pixels wide in %d" % (page, window))
        if not text:
            complaints.append("there is no text")
        if picture:
            image = driver.call(path + "/goog/cdp/execute", {
                "cmd": "Page.captureScreenshot",
                "params": {"captureBeyondViewport": True}})
            picture.write_bytes(base64.b64decode(image["data"]))
        return complaints
    finally:
        driver.call(path, method="DELETE")


def main():
    url = pathlib.Path(sys.argv[1]).resolve().as_uri()
    folder = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
    driver = Driver()
    failed = False
    try:
        for name, width in WIDTHS.items():
            picture = folder / (name + ".png") if folder else None
            for complaint in look(driver, url, width, picture):
                print("%s: %s" % (name, complaint))
                failed = True
    finally:
        driver.close()
    sys.exit(failed)


main()
