// Charts in the colours of the theme, also after a change of theme: each dataset names the CSS variable of its colour.
(() => {
    "use strict";
    const paint = () => {
        const style = getComputedStyle(document.documentElement), colour = (name) => style.getPropertyValue(name).trim();
        for (const canvas of document.querySelectorAll("canvas.chart")) {
            const chart = Chart.getChart(canvas);
            if (!chart) continue;
            for (const set of chart.data.datasets) set.backgroundColor = set.borderColor = colour(set.token);
            for (const axis of Object.values(chart.options.scales)) {
                axis.ticks.color = colour("--chart-ink");
                if (axis.grid) axis.grid.color = colour("--chart-line");
            }
            chart.options.plugins.legend.labels.color = colour("--chart-ink");
            chart.update();
        }
    };
    // Unfold draws them when the page has loaded; this comes right after.
    window.addEventListener("load", () => {
        setTimeout(paint);
        new MutationObserver(() => setTimeout(paint)).observe(document.documentElement, { attributeFilter: ["class"] });
    });
})();
