// A list that was opened to be printed: ask the printer once everything is there.
addEventListener("load", () => window.print());
