// The phones of the practice clinic. Every word a person reads stands in index.html; this file only moves them about.

import { copyOf, dateOf, dayOf, drawMessage, slotIn, word } from "./messages.js";
import { Clinic } from "./clinic.js";

const NOTICE_MS = 4000;
const TYPING_MS = 5000;
const PRESS_ANSWERED_WITHIN_MS = 15500; // after this the server, too, says that nobody will answer

export async function ask(path, body) {
  const options = body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(`practice/${path}`, options);
  const value = await answer.json();
  if (!answer.ok) throw new Error(value.error);
  return value;
}

class Phone {
  constructor(described) {
    this.described = described;
    this.chatId = described.chat ?? described.user;
    this.element = copyOf("phone");
    this.tab = copyOf("tab");
    this.shown = new Map(); // message number -> {as JSON, element}
    this.newest = 0;
    this.unread = 0;
    this.timers = {};
    this.looking = null;
    for (const root of [this.element, this.tab]) slotIn(root, "title").textContent = described.title;
    this.element.setAttribute("aria-label", described.title);
    this.element.classList.add(described.role);
    this.listen();
  }

  slot(name) { return slotIn(this.element, name); }

  listen() {
    const text = this.slot("text");
    this.slot("composer").addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
    text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.send(); }
    });
    text.addEventListener("input", () => this.fit());
    this.slot("menu").addEventListener("click", () => this.toggleMenu());
    this.slot("picture").addEventListener("click", () => this.act("photo", this.place()));
    this.slot("start").addEventListener("click", () => this.act("start", {}));
    this.slot("restart").addEventListener("click", () => this.act("start", {}));
    this.slot("block").addEventListener("click", () => this.act("block", {}));
    this.slot("alert-ok").addEventListener("click", () => this.closeAlert());
    this.element.addEventListener("keydown", (event) => this.onKey(event));
    new ResizeObserver(() => this.toBottom()).observe(this.slot("room"));
    this.tab.addEventListener("click", () => this.element.scrollIntoView({ inline: "start", block: "nearest" }));
  }

  onKey(event) {
    const alert = !this.slot("alert").hidden;
    if (alert && event.key === "Tab") { event.preventDefault(); this.slot("alert-ok").focus(); }
    if (event.key !== "Escape") return;
    if (alert) this.closeAlert();
    else if (!this.slot("commands").hidden) { this.toggleMenu(false); this.slot("menu").focus(); }
  }

  place() { return this.described.chat ? { chat: this.described.chat } : {}; }

  async act(deed, body) {
    try {
      return await ask(`users/${this.described.user}/${deed}`, body);
    } catch (error) {
      this.notice(error.message || word("failed"));
      return null;
    } finally {
      this.refresh();
    }
  }

  async send(words) {
    const field = this.slot("text");
    const text = (words ?? field.value).trim();
    this.toggleMenu(false);
    if (!text) return;
    if (words === undefined) { field.value = ""; this.fit(); }
    field.focus();
    await this.act("text", { text, ...this.place() });
  }

  fit() {
    const field = this.slot("text");
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
  }

  toggleMenu(open = this.slot("commands").hidden) {
    this.slot("commands").hidden = !open;
    this.slot("menu").setAttribute("aria-expanded", String(open));
    if (open) this.slot("commands").querySelector("button")?.focus();
  }

  notice(text) {
    const toast = this.slot("notice");
    toast.textContent = text;
    toast.classList.add("shown");
    clearTimeout(this.timers.notice);
    this.timers.notice = setTimeout(() => { toast.classList.remove("shown"); toast.textContent = ""; }, NOTICE_MS);
  }

  alert(text) {
    this.before = document.activeElement;
    this.slot("alert-text").textContent = text;
    this.slot("alert").hidden = false;
    this.slot("alert-ok").focus();
  }

  closeAlert() {
    this.slot("alert").hidden = true;
    (this.element.contains(this.before) ? this.before : this.slot("text")).focus();
  }

  typing() {
    this.slot("typing").hidden = false;
    this.slot("idle").hidden = true;
    clearTimeout(this.timers.typing);
    this.timers.typing = setTimeout(() => this.stopTyping(), TYPING_MS);
  }

  stopTyping() {
    this.slot("typing").hidden = true;
    this.slot("idle").hidden = false;
  }

  // One look at a time; what happens meanwhile is looked at right after it.
  async refresh() {
    if (this.looking) { this.again = true; return this.looking; }
    const query = this.described.chat ? `?chat=${this.described.chat}` : "";
    this.looking = ask(`users/${this.described.user}/chat${query}`).then((chat) => this.draw(chat), () => {});
    await this.looking;
    this.looking = null;
    if (this.again) { this.again = false; await this.refresh(); }
    return null;
  }

  draw(chat) {
    const { user, bot, messages } = chat;
    const isPrivate = chat.chat.kind === "private";
    const open = !isPrivate || (user.started && !user.blocked);
    this.slot("name").textContent = isPrivate ? bot.name : chat.chat.title;
    this.slot("initial").textContent = [...(isPrivate ? bot.name : chat.chat.title)][0] ?? "";
    this.slot("is-bot").hidden = !isPrivate;
    this.slot("is-group").hidden = isPrivate;
    this.slot("empty").hidden = messages.length > 0;
    this.slot("description").textContent = bot.description;
    this.slot("no-description").hidden = Boolean(bot.description);
    this.slot("composer").hidden = !open;
    this.slot("start").hidden = open || user.started;
    this.slot("restart").hidden = open || !user.started;
    this.slot("block").hidden = !(isPrivate && open);
    this.drawCommands(chat.commands);
    this.drawChips(messages);
    this.drawMessages(messages, chat.presses, !isPrivate);
  }

  drawCommands(commands) {
    const wanted = JSON.stringify(commands);
    if (wanted === this.commands) return;
    this.commands = wanted;
    const items = commands.map(({ command, description }) => {
      const item = copyOf("command");
      slotIn(item, "name").textContent = `/${command}`;
      slotIn(item, "description").textContent = description;
      item.firstElementChild.addEventListener("click", () => this.send(`/${command}`));
      return item;
    });
    if (!items.length) {
      const none = document.createElement("li");
      none.className = "none";
      none.textContent = word("no-commands");
      items.push(none);
    }
    this.slot("commands").replaceChildren(...items);
  }

  drawChips(messages) {
    const used = new Set(messages.filter((message) => message.mine).map((message) => message.text));
    const left = this.described.links.filter(({ payload }) => !used.has(`/start ${payload}`.trim()));
    const wanted = JSON.stringify(left);
    if (wanted === this.chips) return;
    this.chips = wanted;
    this.slot("chips").replaceChildren(...left.map(({ label, payload }) => {
      const chip = copyOf("chip");
      chip.textContent = label;
      chip.addEventListener("click", () => this.act("start", { payload }));
      return chip;
    }));
  }

  drawMessages(messages, presses, isGroup) {
    const waiting = new Set(presses.filter((press) => press.waiting).map((press) => `${press.message_id} ${press.data}`));
    const list = this.slot("messages");
    const present = new Set(messages.map((message) => message.message_id));
    for (const [number, { element, day }] of this.shown) {
      if (present.has(number)) continue;
      element.remove();
      day?.remove();
      this.shown.delete(number);
    }
    let lastDay = "";
    let added = 0;
    for (const message of messages) {
      const number = message.message_id;
      const day = dayOf.format(dateOf(message.date));
      const known = this.shown.get(number);
      const wanted = JSON.stringify(message);
      if (!known) {
        const entry = { wanted, element: this.drawMessage(message, isGroup), day: day === lastDay ? null : copyOf("day") };
        if (entry.day) { slotIn(entry.day, "date").textContent = day; list.append(entry.day); }
        list.append(entry.element);
        this.shown.set(number, entry);
        if (!message.mine) added += 1;
      } else if (known.wanted !== wanted) {
        this.replace(known, this.drawMessage(message, isGroup));
        known.wanted = wanted;
      }
      lastDay = day;
      this.drawWaiting(this.shown.get(number).element, number, waiting);
    }
    this.drawLight();
    const newest = messages.at(-1)?.message_id ?? 0;
    if (newest === this.newest) return;
    if (this.newest) this.countUnread(added);
    if (added) this.stopTyping();
    this.newest = newest;
    this.toBottom();
  }

  // A press may wait for an edit of its own message: whoever had the focus there keeps it.
  replace(known, element) {
    const focused = known.element.contains(document.activeElement) ? document.activeElement.dataset.data : null;
    known.element.replaceWith(element);
    known.element = element;
    if (focused === null) return;
    const same = [...element.querySelectorAll(".key")].find((key) => key.dataset.data === focused);
    (same ?? this.slot("room")).focus({ preventScroll: true });
  }

  drawMessage(message, isGroup) {
    return drawMessage(message, isGroup, (key, button) => this.press(message, key, button), () => this.toBottom());
  }

  async press(message, key, button) {
    if (button.copy) { await navigator.clipboard?.writeText(button.copy); this.notice(word("copied")); return; }
    if (key.getAttribute("aria-busy") === "true") return;
    await this.act("press", { message_id: message.message_id, data: button.data, ...this.place() });
    setTimeout(() => this.refresh(), PRESS_ANSWERED_WITHIN_MS);
  }

  drawWaiting(element, number, waiting) {
    for (const key of element.querySelectorAll("button.key")) {
      const busy = waiting.has(`${number} ${key.dataset.data}`);
      key.setAttribute("aria-busy", String(busy));
      slotIn(key, "waiting").hidden = !busy;
    }
  }

  countUnread(added) {
    const box = this.element.getBoundingClientRect();
    const visible = box.left < innerWidth - 20 && box.right > 20;
    this.unread = visible ? 0 : this.unread + added;
    this.drawUnread();
  }

  drawUnread() {
    slotIn(this.tab, "unread").hidden = this.unread === 0;
    slotIn(this.tab, "count").textContent = this.unread;
  }

  // The buttons that the story is about, of this phone's messages; null takes the light away.
  light(held) {
    this.lit = held;
    this.drawLight();
  }

  drawLight() {
    const held = this.lit ?? [];
    this.element.classList.toggle("lit", this.lit !== undefined && this.lit !== null);
    let last = null;
    for (const key of this.element.querySelectorAll(".key")) {
      key.classList.remove("lit");
      if (held.includes(key.dataset.data)) last = key;
    }
    last?.classList.add("lit");
  }

  show() { this.element.scrollIntoView({ inline: "center", block: "nearest", behavior: "smooth" }); }

  seen(visible) {
    this.tab.setAttribute("aria-current", String(visible));
    if (visible) { this.unread = 0; this.drawUnread(); }
  }

  toBottom() {
    const room = this.slot("room");
    room.scrollTop = room.scrollHeight;
  }

  hear(event) {
    if (event.chat !== undefined && event.chat !== this.chatId) return;
    if (event.type === "typing") { this.typing(); return; }
    if (event.type === "notice" && event.user === this.described.user && event.text) {
      if (event.show_alert) this.alert(event.text);
      else this.notice(event.text);
    }
    this.refresh();
  }
}

let phones = [];
let listed = ""; // the phones as the server described them last
const watcher = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) phones.find((phone) => phone.element === target)?.seen(isIntersecting);
}, { threshold: 0.6 });

async function setUp() {
  const described = await ask("phones");
  const known = listed === JSON.stringify(described);
  listed = JSON.stringify(described);
  if (known) { for (const phone of phones) phone.refresh(); return; } // keeps what is half typed
  watcher.disconnect();
  phones = described.map((phone) => new Phone(phone));
  slotIn(document, "phones").replaceChildren(...phones.map((phone) => phone.element));
  slotIn(document, "tabs").replaceChildren(...phones.map((phone) => phone.tab));
  for (const phone of phones) watcher.observe(phone.element);
  await Promise.all(phones.map((phone) => phone.refresh()));
}

const clinic = new Clinic(ask, (user) => phones.find((phone) => phone.described.user === user), () => phones);
const events = new EventSource("practice/events");
events.addEventListener("open", () => { slotIn(document, "connection").hidden = true; setUp().then(() => clinic.setUp()); });
events.addEventListener("error", () => { slotIn(document, "connection").hidden = false; });
events.addEventListener("message", ({ data }) => {
  const event = JSON.parse(data);
  if (event.type === "phones") setUp().then(() => clinic.setUp());
  else for (const phone of phones) phone.hear(event);
  clinic.hear(event);
});
