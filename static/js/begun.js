// The account page tells what was begun on this device and not saved: before somebody hands the device on, he sees it.
const panel = document.querySelector("[data-drafts]");
const mine = Object.keys(localStorage).filter((key) => key.startsWith(`visit ${panel.dataset.drafts} `));
const list = panel.querySelector("ul");
const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang; // the day first

for (const key of mine) {
  const line = panel.querySelector("template").content.cloneNode(true);
  const begun = new Date(JSON.parse(localStorage.getItem(key)).at);
  line.querySelector("a").href = key.split(" ")[2];
  line.querySelector("time").textContent = begun.toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
  list.append(line);
}
panel.hidden = mine.length === 0;
panel.querySelector("button").addEventListener("click", () => {
  for (const key of mine) localStorage.removeItem(key);
  panel.hidden = true;
});
