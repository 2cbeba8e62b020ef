// The list of variables beside a canned reply: pressing one puts it where the caret is.
document.addEventListener("click", (event) => {
    const gap = event.target.closest("[data-gap]"), text = document.querySelector("textarea[data-gaps]");
    if (!gap || !text) return;
    text.setRangeText(gap.dataset.gap, text.selectionStart, text.selectionEnd, "end");
    text.focus();
});
