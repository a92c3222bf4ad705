"""Chromium without a window, and what it tells of a page: console, requests and pictures."""

import base64
import contextlib
import json
import tempfile
from dataclasses import dataclass

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains

PROGRAM = "/usr/bin/chromium"
DRIVER = "/usr/bin/chromedriver"
SWITCHES = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-quic"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    # As on phones; elsewhere they take some of the width.
    "--hide-scrollbars",
]
HEIGHT = 900
# What a browser refuses, or says when it cannot go on.
BrowserError = WebDriverException


@dataclass(frozen=True)
class View:
    """How a page is looked at."""

    width: int
    scheme: str
    media: str = "screen"
    touch: bool = False

    def __str__(self):
        paper = " on paper" if self.media == "print" else ""
        return f"{self.width} {self.scheme}{paper}"


@contextlib.contextmanager
def chromium():
    """A browser with an empty profile, which ends with the block."""
    with tempfile.TemporaryDirectory(prefix="evenkeel-chromium-") as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = PROGRAM
        for switch in (*SWITCHES, f"--user-data-dir={profile}"):
            options.add_argument(switch)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        driver = webdriver.Chrome(options=options, service=Service(DRIVER))
        try:
            yield Browser(driver)
        finally:
            driver.quit()


class Browser:
    """A browser with one page, at which it can be pointed, tapped and typed."""

    def __init__(self, driver):
        self.driver = driver

    def open(self, path, view):
        """Loads a page anew, to be looked at in a view."""
        size = {"width": view.width, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
        scheme = {"name": "prefers-color-scheme", "value": view.scheme}
        self.ask("Emulation.setDeviceMetricsOverride", **size)
        self.ask("Emulation.setEmulatedMedia", media=view.media, features=[scheme])
        self.ask("Emulation.setTouchEmulationEnabled", enabled=view.touch)
        for kind in ("browser", "performance"):
            self.driver.get_log(kind)
        self.driver.get(path.as_uri())

    def ask(self, command, **parameters):
        """A command of the DevTools protocol."""
        return self.driver.execute_cdp_cmd(command, parameters)

    def run(self, script, *arguments):
        """What a script returns."""
        return self.driver.execute_script(script, *arguments)

    def console(self):
        """What the console has said since it was last asked."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requested(self):
        """The addresses that have been asked for since this was last asked."""
        logged = self.driver.get_log("performance")
        events = [json.loads(entry["message"])["message"] for entry in logged]
        sent = [event for event in events if event["method"] == "Network.requestWillBeSent"]
        return [event["params"]["request"]["url"] for event in sent]

    def point(self, x, y):
        """Moves the mouse."""
        self.ask("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def tap(self, x, y):
        """Touches the page and lets go."""
        self.ask("Input.dispatchTouchEvent", type="touchStart", touchPoints=[{"x": x, "y": y}])
        self.ask("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

    def press(self, key):
        """Presses a key."""
        ActionChains(self.driver).send_keys(key).perform()

    def picture(self):
        """What the whole page looks like, as a PNG."""
        size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        taken = self.ask("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        return base64.b64decode(taken["data"])
