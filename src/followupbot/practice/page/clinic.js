// What stands around the phones: the clinic's clock, what is happening, and the guided story. Words stand in index.html.

import { copyOf, dateOf, dayOf, slotIn, timeOf, word } from "./messages.js";

const STRIP_MAX = 60;
const LOOK_AGAIN_MS = 250; // at a thousand times the speed events come in crowds; one look is enough for all of them
const TICK_MS = 500;
const END_NEAR_PX = 20; // whoever reads so near the end of the strip wants to see what comes

export class Clinic {
  constructor(ask, phoneOf, allPhones) {
    this.ask = ask;
    this.phoneOf = phoneOf;
    this.allPhones = allPhones;
    this.newest = 0;
    this.over = false;
    this.nextEvent = this.slot("skip").textContent;
    for (const button of this.slot("speeds").querySelectorAll("[data-speed]")) {
      button.addEventListener("click", () => this.steer({ speed: Number(button.dataset.speed) }));
    }
    this.slot("skip").addEventListener("click", () => this.steer({ skip: true }));
    this.slot("go-on").addEventListener("click", async () => { this.drawStory(await this.ask("story", {})); });
    this.slot("look").addEventListener("click", () => this.phoneOf(this.shown?.phone)?.show());
    this.slot("end-story").addEventListener("click", () => { this.over = true; this.drawStory(null); });
    setInterval(() => this.drawTime(), TICK_MS);
  }

  slot(name) { return slotIn(document, name); }

  async setUp() {
    this.drawClock(await this.ask("clock"));
    await this.look(true);
  }

  hear(event) {
    if (event.type === "clock") this.ask("clock").then((clock) => this.drawClock(clock));
    if (this.waiting) return;
    this.waiting = setTimeout(() => { this.waiting = null; this.look(); }, LOOK_AGAIN_MS);
  }

  async look(anew = false) {
    const happenings = await this.ask(`happenings?since=${anew ? 0 : this.newest}`);
    if (anew) { this.newest = 0; this.slot("happenings").replaceChildren(); } // a server that was started anew counts from one
    this.drawStrip(happenings);
    this.drawStory(await this.ask("story"));
  }

  async steer(wish) {
    try {
      this.drawClock(await this.ask("clock", wish));
    } catch {
      if (wish.skip) this.slot("skip").textContent = word("nothing-due");
    }
  }

  drawClock({ now, speed }) {
    this.read = { now, speed: speed ?? 1, at: performance.now() };
    this.slot("speeds").hidden = speed === null;
    this.slot("skip").textContent = this.nextEvent;
    for (const button of this.slot("speeds").querySelectorAll("[data-speed]")) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.speed) === speed));
    }
    this.drawTime();
  }

  drawTime() {
    if (!this.read) return;
    const passed = (performance.now() - this.read.at) / 1000;
    const now = dateOf(this.read.now + passed * this.read.speed);
    this.slot("clock").textContent = `${dayOf.format(now)}, ${timeOf.format(now)}`;
    this.slot("clock").dateTime = now.toISOString();
  }

  drawStrip(happenings) {
    const list = this.slot("happenings");
    const atEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - END_NEAR_PX;
    for (const { number, at, kind, name, text } of happenings) {
      if (number <= this.newest) continue;
      this.newest = number;
      const line = copyOf("happening");
      slotIn(line, "time").textContent = `${dateOf(at).toISOString().slice(0, 10)} ${timeOf.format(dateOf(at))}`;
      slotIn(line, "name").textContent = name;
      slotIn(line, "text").textContent = text;
      line.querySelector(`[data-kind="${kind}"]`).hidden = false;
      line.classList.add(kind);
      list.append(line);
    }
    while (list.childElementCount > STRIP_MAX) list.firstElementChild.remove();
    if (atEnd) list.scrollTop = list.scrollHeight;
  }

  drawStory(shown) {
    if (this.over) shown = null;
    const before = this.shown;
    this.shown = shown;
    this.slot("story").hidden = shown === null;
    for (const phone of this.allPhones()) {
      phone.light(shown !== null && phone.described.user === shown.phone ? shown.buttons : null);
    }
    if (shown === null || shown.step === before?.step) return;
    this.slot("step").textContent = shown.number;
    this.slot("steps").textContent = shown.steps;
    const words = document.getElementById("story-words").content.querySelector(`[data-step="${shown.step}"]`);
    this.slot("words").replaceChildren(...(words ? [words.cloneNode(true)] : []));
    this.slot("go-on").hidden = shown.number === shown.steps; // what is left to do there is to end it
    this.slot("next").hidden = shown.waits;
    this.slot("leave-out").hidden = !shown.waits;
    this.slot("look").hidden = shown.phone === null;
    this.phoneOf(shown.phone)?.show();
  }
}
