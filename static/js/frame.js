// What every page has: menus that close, a word when the network is gone, and forms that wait for it. All of it works
// without this file.

const openMenus = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

const offline = document.querySelector("[data-offline]");
const unsent = document.querySelector("[data-unsent]");
const sayWhetherOnline = () => {
  offline.hidden = navigator.onLine || !unsent.hidden;
};
addEventListener("online", sayWhetherOnline);
addEventListener("offline", sayWhetherOnline);
sayWhetherOnline();

// Sent without a network, a form would give way to the browser's own page of error, and what was typed with it.
// First of all that listen: nobody asks a device for its passkey in vain. The search box says by itself what failed.
addEventListener(
  "submit",
  (event) => {
    if (navigator.onLine || event.target.matches("[data-search], [method=dialog]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.target.matches("[method=post]")) unsent.hidden = false;
    sayWhetherOnline();
    (unsent.hidden ? offline : unsent).focus();
  },
  true,
);

// Whoever taps sees at once that it was taken, however long the network needs; the next page, or this one shown again,
// has buttons at rest.
const atRest = () => {
  for (const button of document.querySelectorAll(".btn[aria-busy]")) button.removeAttribute("aria-busy");
};
addEventListener("submit", (event) => {
  if (event.defaultPrevented || !event.target.matches("[method=post]")) return;
  event.submitter?.setAttribute("aria-busy", "true");
  setTimeout(atRest, 15_000);
});
addEventListener("pageshow", atRest);
