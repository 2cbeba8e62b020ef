// The page to print prints itself when it is asked to.
document.querySelector("[data-print]").addEventListener("click", () => window.print());
