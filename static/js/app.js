/* Small helpers on top of pages that already work without script. No dependencies; htmx is loaded beside it. */
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("js");

  function closest(event, selector) {
    return event.target.closest ? event.target.closest(selector) : null;
  }

  /* htmx sends Django's CSRF token, taken from the page. */
  document.addEventListener("htmx:configRequest", function (event) {
    var meta = document.querySelector('meta[name="csrf-token"]');
    if (meta && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = meta.content;
  });

  /* The sign-in page instead of a part of this one: the session is over, so show it whole. */
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (!/\/accounts\/login\//.test(event.detail.xhr.responseURL || "")) return;
    event.detail.shouldSwap = false;
    if (document.dispatchEvent(new CustomEvent("session:over", { cancelable: true }))) window.location.reload();
  });

  /* No answer or a failure: say so, and that nothing typed is lost. Polling tries again by itself; data-quiet is only a
     remark beside a field. */
  function failed(event) {
    var source = event.detail.elt, place = document.getElementById("messages");
    if (!place || source.hasAttribute("data-quiet") || /every/.test(source.getAttribute("hx-trigger") || "")) return;
    place.innerHTML = '<div class="note red mb-3" role="alert"><div>没有办成，写的字还在。检查网络后再试一次。</div></div>';
  }
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:responseError", failed);

  /* 显示密码: <button data-show-password="id_password"> */
  document.addEventListener("click", function (event) {
    var button = closest(event, "[data-show-password]");
    if (!button) return;
    var field = document.getElementById(button.dataset.showPassword);
    var show = field.type === "password";
    field.type = show ? "text" : "password";
    button.setAttribute("aria-pressed", String(show));
    button.setAttribute("aria-label", show ? "隐藏密码" : "显示密码");
    field.focus();
  });

  /* One tap, one submission. The button itself stays enabled until the browser has read its value. */
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("data-many")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    form.setAttribute("aria-busy", "true");
    setTimeout(function () { lock(form, true); }, 0);
  });

  function lock(form, on) {
    var buttons = Array.prototype.filter.call(form.elements, function (el) { return el.type === "submit"; });
    buttons.forEach(function (button) { button.disabled = on; });
  }

  function unlock(form) {
    if (!form.dataset.sent) return;
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
    lock(form, false);
  }

  /* Back to a page kept by the browser, or an htmx answer: the form can be sent again. */
  window.addEventListener("pageshow", function () {
    Array.prototype.forEach.call(document.forms, unlock);
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    var form = event.target.closest && event.target.closest("form");
    if (form) unlock(form);
  });

  /* data-confirm="作废这条记录？" on a submit button: asks first. Old browsers get their own box. */
  document.addEventListener("click", function (event) {
    var button = closest(event, "[data-confirm]");
    if (!button || button.dataset.agreed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(button, function () {
      button.dataset.agreed = "1";
      button.click();
      delete button.dataset.agreed;
    });
  }, true);

  function ask(button, yes) {
    var dialog = document.getElementById("ask-dialog");
    if (!dialog || !dialog.showModal) {
      if (window.confirm(button.dataset.confirm)) yes();
      return;
    }
    dialog.querySelector("[data-ask-title]").textContent = button.dataset.confirm;
    dialog.querySelector("[data-ask-text]").textContent = button.dataset.confirmText || "";
    dialog.querySelector("[data-ask-yes]").textContent = button.dataset.confirmYes || button.textContent.trim() || "确定";
    dialog.returnValue = "";
    dialog.onclose = function () {
      button.focus();
      if (dialog.returnValue === "yes") yes();
    };
    dialog.showModal();
  }

  /* Messages can be put away. */
  document.addEventListener("click", function (event) {
    var button = closest(event, "[data-dismiss]");
    if (button) button.closest(".note").remove();
  });

  /* Menus (<details class="menu">): Esc or a click elsewhere closes them, focus goes back. */
  function closeMenus(except) {
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (menu !== except) menu.open = false;
    });
  }
  document.addEventListener("click", function (event) {
    closeMenus(closest(event, "details.menu"));
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    var menu = document.querySelector("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  /* Filters of a list are sent at once; without script the form keeps its button. */
  document.addEventListener("change", function (event) {
    var form = closest(event, "form[data-autosubmit]");
    if (form) form.requestSubmit ? form.requestSubmit() : form.submit();
  });

  /* Character count: <textarea data-count="id_of_output"> */
  function count(area) {
    var output = document.getElementById(area.dataset.count);
    if (output) output.textContent = area.value.replace(/\s/g, "").length + "字";
  }
  document.addEventListener("input", function (event) {
    var area = closest(event, "[data-count]");
    if (area) count(area);
  });
  function countAll(scope) {
    scope.querySelectorAll("[data-count]").forEach(count);
  }
  countAll(document);
  document.addEventListener("htmx:load", function (event) { countAll(event.target); });

  /* Tiles: arrows move, Home and End jump; Enter follows the link as ever. */
  document.addEventListener("keydown", function (event) {
    var tile = closest(event, ".tiles .tile");
    if (!tile || event.ctrlKey || event.metaKey || event.altKey) return;
    var tiles = Array.prototype.slice.call(tile.closest(".tiles").querySelectorAll(".tile"));
    var at = tiles.indexOf(tile);
    var top = tiles[0].getBoundingClientRect().top;
    var columns = tiles.filter(function (t) { return t.getBoundingClientRect().top === top; }).length;
    var target = {
      ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at + columns, ArrowUp: at - columns,
      Home: 0, End: tiles.length - 1
    }[event.key];
    if (target === undefined || !tiles[target]) return;
    event.preventDefault();
    tiles[target].focus();
  });

  /* Signing out takes along what this tab kept in clear of records not yet sent (draft.js). Where the browser cannot
     seal a copy, what the server lacks would be gone. */
  document.addEventListener("submit", function (event) {
    if (!event.target.matches('form[action$="/logout/"]')) return;
    var sealed = window.crypto && window.crypto.subtle && window.indexedDB, store;
    try { store = window.sessionStorage; } catch (e) { return; }  // no storage: nothing was kept
    var unsent = !sealed && Object.keys(store).some(function (key) {
      return key.indexOf("visit:") === 0 && /"dirty":true/.test(store.getItem(key));
    });
    if (!unsent || window.confirm("有没交上去的家访记录只在这个窗口里，退出就没了。仍然退出吗？")) return store.clear();
    event.preventDefault();
    setTimeout(unlock, 0, event.target);
  });

  /* On the phone rows of tabs and filters scroll sideways: the one in force is in sight, the page stays. */
  document.querySelectorAll(".linktabs > [aria-current], .chips.scroll > [aria-current]").forEach(function (one) {
    var row = one.parentElement, there = one.getBoundingClientRect(), here = row.getBoundingClientRect();
    row.scrollLeft += there.left + there.width / 2 - here.left - here.width / 2;
  });

  /* After a refused form the first thing to read is the summary of what to repair. */
  var summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();
})();
