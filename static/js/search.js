// Finding as one types: Ctrl-K or the box in the top bar. The form itself works without this file.
const PAUSE = 120; // ms after the last key

const form = document.querySelector("[data-search]");
const dialog = document.getElementById("search");
const input = form.elements.q;
const found = document.querySelector("[data-found]");
const failed = document.querySelector("[data-failed]");
let shown = input.value.trim(); // the text whose hits are on the screen
let waiting = 0; // the timer of the pause
let request = null;
let openFirst = false; // Enter was hit before the answer came

const token = () => /(?:^|; )(?:__Host-)?csrf=([^;]*)/.exec(document.cookie)?.[1] ?? "";
const hits = () => [...found.querySelectorAll(".hit")];

function stop() {
  clearTimeout(waiting);
  request?.abort();
  found.removeAttribute("aria-busy");
}

async function ask() {
  const text = input.value.trim();
  stop();
  if (text === shown) return;
  if (!text) {
    found.replaceChildren();
    shown = "";
    return;
  }
  request = new AbortController();
  found.setAttribute("aria-busy", "true");
  try {
    // In the body: what somebody types stands in no address, so in no log.
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams({ q: text }),
      headers: { "X-CSRFToken": token() },
      signal: request.signal,
    });
    if (answer.redirected) location.reload(); // signed out meanwhile
    if (!answer.ok) throw new Error(answer.statusText);
    found.innerHTML = await answer.text();
    shown = text;
    failed.hidden = true;
    found.removeAttribute("aria-busy");
    if (openFirst) hits()[0]?.click();
  } catch (error) {
    if (error.name === "AbortError") return;
    found.removeAttribute("aria-busy");
    failed.hidden = false;
  }
  openFirst = false;
}

// An input method sends letters that are not yet text: nothing is asked before it is done.
input.addEventListener("input", (event) => {
  clearTimeout(waiting);
  openFirst = false;
  if (!event.isComposing) waiting = setTimeout(ask, PAUSE);
});
input.addEventListener("compositionstart", stop);
input.addEventListener("compositionend", () => {
  waiting = setTimeout(ask, PAUSE);
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (input.value.trim() === shown) {
    hits()[0]?.click();
  } else {
    openFirst = true;
    clearTimeout(waiting);
    ask();
  }
});

// Arrows go through box and hits as through one list; a letter on a hit goes back to the box.
form.parentElement.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const stops = [input, ...hits()];
  const here = stops.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && here >= 0) {
    event.preventDefault();
    stops[(here + step + stops.length) % stops.length].focus();
  } else if (here > 0 && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
    input.focus();
  }
});

function open(event) {
  event.preventDefault();
  if (dialog && !dialog.open) dialog.showModal();
  input.focus();
  input.select();
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "k") open(event);
});
for (const opener of document.querySelectorAll("[data-opens-search]")) opener.addEventListener("click", open);

// A click beside the dialog closes it.
dialog?.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
