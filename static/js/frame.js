// What every page has: menus that close, and a word when the network is gone. All of it works without this file.

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
const sayWhetherOnline = () => {
  offline.hidden = navigator.onLine;
};
addEventListener("online", sayWhetherOnline);
addEventListener("offline", sayWhetherOnline);
sayWhetherOnline();
