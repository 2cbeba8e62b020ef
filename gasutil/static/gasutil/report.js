// The public pages for emergencies work without this: it adds the location, live progress and photos.
(function () {
    "use strict";
    var PERIOD_MILLISECONDS = 15000;
    var root = document.documentElement;
    root.className += " has-script";

    function fill(place) {
        var button = place.querySelector("button"), status = place.querySelector("[role=status]");
        var form = button.form;
        place.hidden = false;
        button.onclick = function () {
            navigator.geolocation.getCurrentPosition(function (position) {
                form.latitude.value = position.coords.latitude;
                form.longitude.value = position.coords.longitude;
                status.textContent = status.getAttribute("data-done");
            }, function () { status.textContent = status.getAttribute("data-failed"); }, { enableHighAccuracy: true, timeout: 10000 });
        };
    }

    var place = document.querySelector(".place");
    if (place && navigator.geolocation) fill(place);

    // After a report, going back or reloading shows its progress and sends nothing again.
    var follow = document.getElementById("follow");
    if (follow && window.history && history.replaceState) {
        history.replaceState(null, "", follow.href);
        follow.href = follow.href.replace("#", "&open=1#");  // the same address would load nothing
    }

    var token = decodeURIComponent(location.hash.slice(1)), shown = document.getElementById("progress");
    if (!shown || !window.fetch || !window.DOMParser) return;
    if (!token) { token = (shown.querySelector("[name=token]") || {}).value || ""; }
    if (!token) return;

    function isWriting() {
        var notes = document.getElementById("notes");
        return Boolean(notes && (notes.value || document.activeElement === notes));
    }

    function show(html) {
        var fresh = new DOMParser().parseFromString(html, "text/html").getElementById("progress");
        if (!fresh || isWriting()) return;
        shown.parentNode.replaceChild(document.adoptNode(fresh), shown);
        shown = fresh;
        offerPhoto();
    }

    function look() {
        if (isWriting()) return;
        var body = new FormData();
        body.append("token", token);
        fetch(location.pathname + location.search, { method: "POST", body: new URLSearchParams(body), credentials: "omit" })
            .then(function (response) { return response.status < 500 ? response.text() : ""; })
            .then(show, function () { /* offline: the next look shows it */ });
    }

    function offerPhoto() {
        var photo = document.querySelector(".photo"), input = document.getElementById("photo");
        if (!photo || !input) return;
        var status = photo.querySelector("[role=status]");
        photo.hidden = false;
        input.onchange = function () {
            var body = new FormData();
            if (!input.files.length) return;
            body.append("file", input.files[0]);
            fetch(shown.getAttribute("data-files"), { method: "POST", body: body, credentials: "omit", headers: { Authorization: "Bearer " + token } })
                .then(function (response) { if (!response.ok) throw response; status.textContent = status.getAttribute("data-done"); input.value = ""; })
                .catch(function () { status.textContent = status.getAttribute("data-failed"); });
        };
    }

    if (shown.hasAttribute("data-files")) offerPhoto(); else look();
    setInterval(look, PERIOD_MILLISECONDS);
    window.addEventListener("online", look);
    document.addEventListener("visibilitychange", function () { if (!document.hidden) look(); });
}());
