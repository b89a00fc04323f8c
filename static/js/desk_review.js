/* 审核: the undo counts down and leaves, a check adds its words to the opinion, and J K A R S work while the queue has
   focus (they can be turned off). Everything also works without this file. */
(function () {
  "use strict";
  var KEYS = "desk-review-keys", GO_ON = "desk-review-focus";

  function kept(store, name) { try { return store.getItem(name); } catch (error) { return null; } }
  function keep(store, name, value) { try { store.setItem(name, value); } catch (error) { /* no storage */ } }

  /* Undo: seconds from when the page was shown; after them the notice has left. */
  document.querySelectorAll("[data-undo]").forEach(function (bar) {
    var over = Date.now() + Number(bar.dataset.undo) * 1000, left = bar.querySelector("[data-left]");
    var beat = setInterval(function () {
      var seconds = Math.ceil((over - Date.now()) / 1000);
      if (seconds > 0) { left.textContent = seconds; return; }
      clearInterval(beat);
      var inside = bar.contains(document.activeElement);
      bar.remove();
      if (inside) document.getElementById("main").focus();
    }, 250);
  });

  var desk = document.getElementById("review");
  if (!desk) return;
  var form = document.getElementById("decide");
  var opinion = document.getElementById("decide-reason");

  desk.addEventListener("click", function (event) {
    var button = event.target.closest("[data-add]");
    if (!button || !opinion) return;
    var words = button.dataset.add;
    if (opinion.value.indexOf(words) < 0) opinion.value = (opinion.value.trim() + " " + words).trim();
    opinion.focus();
  });

  var on = document.getElementById("keys-on");
  if (!on) return;
  on.checked = kept(window.localStorage, KEYS) !== "off";
  on.addEventListener("change", function () { keep(window.localStorage, KEYS, on.checked ? "on" : "off"); });

  /* Whoever works by keys goes on by keys: the next page starts with its focus in the queue. */
  if (on.checked && kept(window.sessionStorage, GO_ON) === "yes") {
    var current = desk.querySelector(".q.on") || desk.querySelector(".q");
    if (current && current.offsetParent) current.focus({ preventScroll: true });
  }
  keep(window.sessionStorage, GO_ON, "no");

  function press(id) {
    var button = document.getElementById(id);
    if (!button) return;
    keep(window.sessionStorage, GO_ON, "yes");
    button.click();
  }
  desk.addEventListener("keydown", function (event) {
    if (event.target === opinion && event.key === "Enter" && (event.ctrlKey || event.metaKey)) { press("return"); return; }
    if (!on.checked || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    var typing = /^(TEXTAREA|SELECT)$/.test(event.target.tagName) || /^(search|text)$/.test(event.target.type || "");
    if (typing) return;
    var key = event.key.toLowerCase();
    if (key === "j") press("next");
    else if (key === "k") press("previous");
    else if (key === "a") press("accept");
    else if (key === "s") press("recommend");
    else if (key === "r" && opinion) {
      var chosen = form.querySelector('input[name="quick"]:checked');
      if (opinion.value.trim() || chosen) press("return");
      else opinion.focus();
    } else return;
    event.preventDefault();
  });
})();
