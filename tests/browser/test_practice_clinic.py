"""The practice clinic in a real browser: the main job by tapping, on a wide and on a phone's screen."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

playwright = pytest.importorskip("playwright.sync_api", reason="make e2e installs it")

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

SCREENS = {"wide": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LARGE_PX = 32
"""Twice what browsers begin with."""

EVENTS_UNTIL_SOMEBODY_BEGINS_MAX = 40
TOAST_MS = 5_000
"""After that no phone shows a note of what it has just done."""

PICTURE_BYTES_MAX = 200_000
"""Everybody who clones the project gets them."""

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


@contextmanager
def clinic(address: str, screen: str, *settings: str) -> Iterator[Any]:
    """Its page in a browser with those settings; afterwards nothing may stand in the console."""
    wrong: list[str] = []
    with playwright.sync_playwright() as browsers:
        browser = browsers.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=[*QUIET, *settings]
        )
        page = browser.new_page(viewport=SCREENS[screen])
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.set_default_timeout(60_000)
        page.goto(address)
        page.locator("section.story").wait_for()
        yield page
        browser.close()
    assert wrong == []


def picture(page: Any, name: str) -> None:
    """One more of that name, where somebody wants to look."""
    if PICTURES:
        page.wait_for_timeout(700)
        page.screenshot(path=f"{PICTURES}/{name}-{len(list(Path(PICTURES).glob(f'{name}-*'))):02}.png")


def follow(page: Any, until: str, pictures: str = "") -> list[str]:
    """The guided story is at the step of that name; the steps on the way, by tapping what is lit."""
    story = page.locator("section.story")
    seen = []
    while True:
        step = story.locator("[data-step]").get_attribute("data-step")
        seen.append(step)
        if step == until:
            return seen
        if step == "urgent":
            write = page.locator("section.phone.lit textarea")
            write.fill("/urgent")
            write.press("Enter")
        elif story.get_by_role("button", name="Next").is_visible():
            story.get_by_role("button", name="Next").click()
        else:
            page.locator(".key.lit").click()
        story.locator(f'[data-step]:not([data-step="{step}"])').wait_for()
        if pictures:
            picture(page, pictures)


@pytest.mark.parametrize("screen", SCREENS)
def test_the_guided_story_by_tapping_what_is_lit(address: str, screen: str) -> None:
    """A newcomer does what the page says, from Maria's check-in to the emergency card."""
    with clinic(address, screen) as page:
        seen = follow(page, "years", f"story-{screen}")
        assert seen == [
            *("begin", "start", "screen_1", "screen_2", "foot", "how_much"),
            *("alert", "heard", "outcome", "urgent", "card", "years"),
        ]
        maria, kim = (page.locator("section.phone").nth(number) for number in (0, 1))
        maria.get_by_text("Do not wait for a reply here").last.wait_for()
        kim.get_by_text("Emergency ·").last.wait_for(state="attached")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "nothing is cut off sideways"


def test_the_clinics_time_is_stopped_sped_up_and_moved_on(address: str) -> None:
    with clinic(address, "wide") as page:
        speeds = page.get_by_role("group", name="How fast the clinic's time runs")
        pause = speeds.get_by_role("button", name="Pause")
        pause.click()
        page.locator('[data-speed="0"][aria-pressed="true"]').wait_for()
        begun = page.locator("[data-slot=clock]").get_attribute("datetime")
        speeds.get_by_role("button", name="Next event").click()
        page.wait_for_function("begun => document.querySelector('[data-slot=clock]').dateTime > begun", arg=begun)
        speeds.get_by_role("button", name="A day in a minute").click()
        page.locator('[data-speed="1440"][aria-pressed="true"]').wait_for()
        taps = page.locator("section.strip li.pressed").filter(has_text="Start now")
        for _ in range(EVENTS_UNTIL_SOMEBODY_BEGINS_MAX):
            if taps.count():
                break
            speeds.get_by_role("button", name="Next event").click()
            page.wait_for_timeout(1500)
        taps.first.wait_for(state="attached")


REFUSE = """() => {
    window.asked = window.fetch;
    window.fetch = async (path, options) => options?.method === "POST"
        ? new Response('{"error": "no"}', {status: 409}) : window.asked(path, options);
}"""
"""The page's presses are refused from now on, without a word in the console."""


def test_only_where_nothing_is_due_the_page_says_so_and_not_for_good(address: str) -> None:
    with clinic(address, "wide") as page:
        speeds = page.get_by_role("group", name="How fast the clinic's time runs")
        skip, pause = page.locator("[data-slot=skip]"), speeds.get_by_role("button", name="Pause")
        page.evaluate(REFUSE)
        pause.click()
        page.wait_for_timeout(300)
        assert skip.text_content() == "Next event"
        skip.click()
        page.get_by_role("button", name="Nothing is due").wait_for()
        page.evaluate("() => { window.fetch = window.asked; }")
        pause.click()
        speeds.get_by_role("button", name="Next event").wait_for()


RESTARTED = """async () => {
    const asked = window.fetch, lines = [{number: 1, at: 0, kind: "blocked", name: "Elena", text: ""}];
    window.fetch = async (path, options) => {
        const since = /happenings.since=([0-9]+)/.exec(path);
        return since ? new Response(JSON.stringify(lines.filter((line) => line.number > Number(since[1]))))
            : asked(path, options);
    };
    const phones = await (await asked("practice/phones")).text();
    await asked("practice/phones", {method: "POST", headers: {"content-type": "application/json"}, body: phones});
}"""
"""What is happening is told by a server that has just begun, and the phones are set up by it."""


def test_a_server_that_was_started_anew_has_the_strip_to_itself(address: str) -> None:
    """It counts from one: what stood there is another clinic's."""
    with clinic(address, "wide") as page:
        lines = page.locator("section.strip li")
        lines.first.wait_for(state="attached")
        page.evaluate(RESTARTED)
        page.locator("section.strip li.blocked").filter(has_text="Elena").wait_for(state="attached")
        assert lines.count() == 1


CUT = """() => [...document.querySelectorAll("button, .key")]
    .filter(one => one.offsetParent && one.getClientRects().length && getComputedStyle(one).clipPath === "none")
    .filter(one => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)
    .map(one => one.textContent.trim())"""
"""The buttons whose words do not fit into them."""


def test_twice_as_large_a_text_cuts_no_button(address: str) -> None:
    """As whoever sees badly has set it in the browser: everything wraps, and a red flag's button can be read."""
    with clinic(address, "phone", f"--blink-settings=defaultFontSize={LARGE_PX},minimumFontSize=0") as page:
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == f"{LARGE_PX}px"
        follow(page, "screen_1", "large")
        maria = page.locator("section.phone").nth(0)
        for label in ("1 new or worse", "1 as before", "None of these is new"):
            key = maria.get_by_role("button", name=label).last
            key.scroll_into_view_if_needed()
            assert key.bounding_box()["height"] > LARGE_PX
            picture(page, "large")
        assert page.evaluate(CUT) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "nothing is cut off sideways"


def test_a_screen_reader_gets_sense_from_each_message(address: str) -> None:
    """Who says it, the words, and buttons that have names; no picture or mark stands alone for anything."""
    with clinic(address, "phone") as page:
        follow(page, "screen_2")
        maria = page.locator("section.phone").nth(0)
        assert maria.get_attribute("aria-label") == "Maria, patient"
        messages = maria.get_by_role("log")
        items = messages.locator("li.message").all()
        assert items
        for item in items:
            told = item.aria_snapshot()
            assert "Follow-up:" in told or "You:" in told, told
        read = messages.aria_snapshot()
        for button in messages.get_by_role("button").all():
            name = button.inner_text().strip()
            assert len(name) > 1, "a number alone says nothing"
            assert f'button "{name}"' in read
        for item in ("numb", "None of these is new", "call 112"):
            assert item in read
        unnamed = [
            shown.evaluate("one => one.outerHTML")
            for shown in page.get_by_role("button").all()
            if not (shown.get_attribute("aria-label") or shown.get_attribute("title") or shown.inner_text().strip())
            and not shown.locator(".unseen").count()
        ]
        assert unnamed == []


@pytest.mark.parametrize("screen", SCREENS)
def test_enrol_by_tapping(address: str, screen: str) -> None:
    """Somebody who has never seen it opens the invitation, consents, and is asked for the first time."""
    with clinic(address, screen) as page:
        page.get_by_role("button", name="End the story").click()
        rosa = page.locator("section.phone").nth(3)
        if screen == "phone":
            page.locator("nav.tabs button", has_text="Rosa").click()

        def tap(label: str) -> None:
            rosa.get_by_role("button", name=label).last.click()
            picture(page, f"enrol-{screen}")

        tap("Open the invitation")
        tap("Next")
        rosa.get_by_text("This is not an emergency service").wait_for()  # before, "Next" is still that of the first
        for label in ("Next", "Yes, I agree", "Yes, this is right", "I call for emergency help now", "Water"):
            tap(label)
        tap("Start now")
        rosa.get_by_role("button", name="1 new or worse").wait_for()


@pytest.mark.skipif(not PICTURES, reason="make pictures says where they go")
@pytest.mark.parametrize(("screen", "name"), [("wide", "practice_clinic"), ("phone", "practice_clinic_phone")])
def test_the_pictures_of_the_handbook(address: str, screen: str, name: str) -> None:
    """The moment in which a foot has been said to be weak, and the nurse's phone buzzes."""
    with clinic(address, screen) as page:
        follow(page, "alert")
        page.wait_for_timeout(TOAST_MS)
        file = Path(str(PICTURES)) / f"{name}.png"
        # 256 colours: a third of the bytes, and nobody sees it.
        Image.open(BytesIO(page.screenshot())).quantize().save(file, optimize=True)
        assert file.stat().st_size < PICTURE_BYTES_MAX
