// After a refused form: the summary of what is wrong gets the focus, so that it is read first.
document.querySelector("[data-attention]")?.focus();

// The entry of a refused form in the history is the answer to a POST, which "back" cannot show again once the form was
// sent anew. From then on the entry is the form's own address; a reload before that still asks and keeps what was typed.
document.addEventListener("submit", () => {
  history.replaceState(null, "", location.href);
});
