// The list of variables next to a canned reply: a click inserts one at the caret.
document.addEventListener("click", (event) => {
    const gap = event.target.closest("[data-gap]"), text = document.querySelector("textarea[data-gaps]");
    if (!gap || !text) return;
    text.setRangeText(gap.dataset.gap, text.selectionStart, text.selectionEnd, "end");
    text.focus();
});
