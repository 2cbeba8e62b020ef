// The plain pages are as light or dark as the console was last told to be in this browser.
(() => {
    "use strict";
    const chosen = localStorage.getItem("adminTheme")?.replaceAll('"', "");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
})();
