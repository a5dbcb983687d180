"""The practice clinic in a real browser: the main job by tapping, on a wide and on a phone's screen."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="make e2e installs it")

pytestmark = pytest.mark.browser

SCREENS = {"wide": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PICTURES = os.environ.get("PICTURES")
"""A folder for a picture of each step, where somebody wants to look."""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A practice clinic of its own; its program ends within five seconds of SIGTERM, with exit code 0."""
    command = [sys.executable, "-m", "followupbot", "demo", "--no-browser", "--port", "0", "--speed", "1"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout is not None
            yield next(line.strip() for line in program.stdout if line.strip().startswith("http"))
        finally:
            program.send_signal(signal.SIGTERM)
            assert program.wait(timeout=5) == 0


@pytest.mark.parametrize("screen", SCREENS)
def test_enrol_answer_alert_and_take_by_tapping(address: str, screen: str) -> None:
    """Somebody who has never seen it goes from the invitation to the outcome, and no error stands in the console."""
    wrong: list[str] = []
    with playwright.sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=QUIET)
        page = browser.new_page(viewport=SCREENS[screen])
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(address)
        maria, ito = (page.locator("section.phone").nth(number) for number in (0, 1))

        def turn_to(owner: str) -> None:
            if screen == "phone":
                page.locator("nav.tabs button", has_text=owner).click()

        def tap(phone: object, label: str) -> None:
            phone.get_by_role("button", name=label).last.click()  # type: ignore[attr-defined]
            if PICTURES:
                page.wait_for_timeout(700)
                page.screenshot(path=f"{PICTURES}/{screen}-{len(list(Path(PICTURES).glob(f'{screen}-*'))):02}.png")

        turn_to("Dr Ito")
        tap(ito, "Open the invitation")
        ito.get_by_text("Welcome, Dr Ito").wait_for()
        turn_to("Maria")
        tap(maria, "Open the invitation")
        tap(maria, "Next")
        maria.get_by_text("This is not an emergency service").wait_for()  # before, "Next" is still that of the first
        for label in ("Next", "Yes, I agree", "Yes, this is right", "I call for emergency help now", "Water"):
            tap(maria, label)
        tap(maria, "Start now")
        tap(maria, "1 new or worse")
        maria.get_by_text("Do not wait for a reply here").wait_for()
        tap(maria, "Longer ago, steady since")
        maria.get_by_text("It changes nothing about what to do now").wait_for()
        turn_to("Dr Ito")
        tap(ito, "I will take this")
        tap(ito, "Called the patient")
        ito.locator(".messages").get_by_text("Closed").wait_for()
        assert ito.locator(".keyboard button:visible").count() == 0, "a closed alert has no buttons"
        turn_to("Maria")
        maria.get_by_text("The clinic has seen this").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "nothing is cut off sideways"
        if PICTURES:
            page.wait_for_timeout(700)
            page.screenshot(path=f"{PICTURES}/{screen}-end.png")
        browser.close()
    assert wrong == []
