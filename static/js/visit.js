// The visit form: a draft at every key stroke, and the order in which products were chosen. The form works without it.
const KEPT = 3 * 24 * 60 * 60 * 1000; // ms: as long as a visit may be reported

const form = document.querySelector("[data-draft]");
const key = `visit ${form.dataset.draft} ${location.pathname}`;
const order = form.elements.order;
// The draft gives back what was typed together with its id; the browser would put it under another one, and a visit
// that was saved would be saved twice after "back".
form.autocomplete = "off";

function number() {
  // Products that are on, in the order in which they were chosen.
  const on = [...form.querySelectorAll("[name=products]:checked")].map((box) => box.value);
  const noted = order.value.split(",").filter((id) => on.includes(id));
  const chosen = [...noted, ...on.filter((id) => !noted.includes(id))];
  order.value = chosen.join(",");
  for (const box of form.querySelectorAll("[name=products]")) {
    const place = chosen.indexOf(box.value) + 1;
    if (chosen.length > 1 && place) box.dataset.place = place;
    else delete box.dataset.place;
    box.nextElementSibling.dataset.place = box.dataset.place ?? "";
  }
}

function entries() {
  return [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
}

function keep() {
  number();
  try {
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), entries: entries() }));
  } catch {
    // Storage is full or forbidden: the form itself still holds what was typed.
  }
}

function draft() {
  try {
    const found = JSON.parse(localStorage.getItem(key));
    return found && Date.now() - found.at < KEPT ? found : null;
  } catch {
    return null;
  }
}

function fill(saved) {
  const values = Map.groupBy
    ? Map.groupBy(saved, ([name]) => name)
    : saved.reduce((all, pair) => all.set(pair[0], [...(all.get(pair[0]) ?? []), pair]), new Map());
  for (const field of form.elements) {
    if (!field.name || field.name === "csrfmiddlewaretoken" || field.name === "version") continue;
    const said = (values.get(field.name) ?? []).map(([, value]) => value);
    if (field.type === "checkbox" || field.type === "radio") field.checked = said.includes(field.value);
    else if (said.length) field.value = said[0];
  }
  for (const folded of form.querySelectorAll("details")) {
    const filled = [...folded.querySelectorAll("input, textarea, select")].some((field) =>
      field.type === "checkbox" || field.type === "radio" ? field.checked && field.value : field.value,
    );
    if (filled) folded.open = true;
  }
}

const notice = document.querySelector("[data-restored]");
const saved = form.hasAttribute("data-refused") ? null : draft();
if (saved) {
  // Its own id comes back with it: what was stored after all is not stored twice.
  fill(saved.entries);
  notice.hidden = false;
}
notice.querySelector("button").addEventListener("click", () => {
  localStorage.removeItem(key);
  location.reload();
});
number();
form.addEventListener("input", keep);
form.addEventListener("change", keep);
