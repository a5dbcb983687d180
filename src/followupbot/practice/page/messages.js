// How one message looks on a phone, and where its words come from: the templates in index.html.

const LANGUAGE = document.documentElement.lang;
export const timeOf = new Intl.DateTimeFormat(LANGUAGE, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
export const dayOf = new Intl.DateTimeFormat(LANGUAGE, { weekday: "long", day: "numeric", month: "long", year: "numeric" });

export const copyOf = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);
export const slotIn = (root, name) => root.querySelector(`[data-slot="${name}"]`);
export const word = (name) => document.getElementById("words").content.querySelector(`[data-word="${name}"]`).textContent;
export const dateOf = (seconds) => new Date(seconds * 1000);

// `onPress` hears of a button and what it holds, `onGrow` of a picture that has arrived and made the message taller.
export function drawMessage(message, isGroup, onPress, onGrow) {
  if (message.service) {
    const line = copyOf("service");
    const words = line.querySelector(`[data-service="${message.service}"]`);
    if (words) words.hidden = false;
    return line;
  }
  const item = copyOf("message");
  item.classList.toggle("mine", message.mine);
  item.classList.toggle("with-keys", message.keyboard.length > 0);
  // Who said it is told by side and colour alone otherwise.
  slotIn(item, "speaker").textContent = `${message.mine ? "You" : message.sender.name}:`;
  slotIn(item, "sender").textContent = isGroup && !message.mine ? message.sender.name : "";
  // The server escaped the text and wrote the few tags itself; raw text never comes this way.
  slotIn(item, "html").innerHTML = message.html;
  for (const mark of ["silent", "protected", "edited"]) slotIn(item, mark).hidden = !message[mark];
  const time = slotIn(item, "time");
  time.textContent = timeOf.format(dateOf(message.date));
  time.dateTime = dateOf(message.date).toISOString();
  if (message.photo) {
    const photo = slotIn(item, "photo");
    Object.assign(photo, { src: message.photo.url, width: message.photo.width, height: message.photo.height, hidden: false });
    photo.alt = message.text || word("photo");
    photo.addEventListener("load", onGrow);
  }
  if (message.document) {
    const link = slotIn(item, "document");
    Object.assign(link, { href: message.document.url, download: message.document.name, hidden: false });
    slotIn(item, "document-name").textContent = message.document.name;
    slotIn(item, "document-size").textContent = Math.max(1, Math.round(message.document.bytes / 1024));
  }
  slotIn(item, "voice").hidden = !message.voice;
  const keyboard = slotIn(item, "keyboard");
  keyboard.hidden = message.keyboard.length === 0;
  keyboard.replaceChildren(...message.keyboard.map((row) => {
    const line = document.createElement("div");
    line.className = "row";
    line.append(...row.map((button) => drawKey(button, onPress)));
    return line;
  }));
  return item;
}

function drawKey(button, onPress) {
  const key = copyOf(button.url ? "link" : "button");
  slotIn(key, "label").textContent = button.text;
  if (button.style) key.classList.add(button.style);
  if (button.url) { key.href = button.url; return key; }
  key.dataset.data = button.data ?? "";
  key.addEventListener("click", () => onPress(key, button));
  return key;
}
