// Light or dark as the device says, and whether it knows passkeys. Loaded in the head, before anything is painted.
(function () {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  function apply() {
    document.documentElement.dataset.bsTheme = dark.matches ? "dark" : "light";
  }
  apply();
  document.documentElement.toggleAttribute("data-knows-passkeys", "PublicKeyCredential" in window);
  dark.addEventListener("change", apply);
})();
