// Applies the theme that was last chosen for the console in this browser to the plain pages.
(() => {
    "use strict";
    const chosen = localStorage.getItem("adminTheme")?.replaceAll('"', "");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
})();
