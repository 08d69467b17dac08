// After a refused form: the summary of what is wrong gets the focus, so that it is read first.
document.querySelector("[data-attention]")?.focus();
