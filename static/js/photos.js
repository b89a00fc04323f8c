/* Photos of 记家访: taken or chosen, shrunk here, sent piece by piece, gone on with after a broken connection. What has
   arrived the server knows: after a refresh its tiles come back, and a file half sent goes on when it is picked again.
   Without this script the page has a plain file input. */
(function () {
  "use strict";
  var box = document.querySelector("[data-photos]"), form = box && box.closest("form");
  if (!form) return;
  var EDGE = 2048, QUALITY = 0.85, WAITS = [1, 2, 4, 8, 15, 30, 60, 60];  // seconds between tries
  var list = box.querySelector("[data-photo-list]"), line = box.querySelector("[data-photo-say]");
  var blank = document.getElementById("photo-new"), queue = [], busy = null, held = false, listed = null;

  function uuid() { return form.elements.client_uuid.value; }
  function token() { return document.querySelector('meta[name="csrf-token"]').content; }
  function say(text) { line.textContent = text; }
  function agreed() { return box.querySelector("[data-consent]").hasAttribute("data-agreed"); }
  function open() { return queue.filter(function (item) { return !item.failed; }).length; }

  function ask(url, body, type) {
    var headers = { "X-CSRFToken": token(), "X-Requested-With": "XMLHttpRequest" };
    if (type) headers["Content-Type"] = type;
    return fetch(url, body === undefined ? { headers: headers } : { method: "POST", body: body, headers: headers });
  }
  /* JSON of an answer; {stop: sentence} when trying again is no use; a throw when it is. */
  function read(response) {
    if (response.redirected && /\/accounts\/login\//.test(response.url)) return { stop: "登录过期了，重新登录后再传" };
    if (response.status === 404 || response.status === 409 || response.ok) {
      return response.status === 404 ? { lost: true } : response.json();
    }
    if (response.status === 422) return response.json().then(function (data) { return { stop: data.error, last: true }; });
    if (response.status === 403) return { stop: "没有权限传，刷新页面看看" };
    throw new Error(String(response.status));
  }

  /* ── Shrink: what this browser can show is drawn upright and small, and loses where it was taken ── */
  function shrink(file) {
    if (/^video\//.test(file.type) || /\.(mp4|mov)$/i.test(file.name)) return Promise.resolve(file);
    return new Promise(function (done) {
      var image = new Image(), url = URL.createObjectURL(file);
      image.onerror = function () { URL.revokeObjectURL(url); done(file); };  // HEIC in most browsers: the server can
      image.onload = function () {
        var scale = Math.min(1, EDGE / Math.max(image.naturalWidth, image.naturalHeight));
        var canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
        canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
        canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
        pen.fillStyle = "#fff";
        pen.fillRect(0, 0, canvas.width, canvas.height);
        pen.drawImage(image, 0, 0, canvas.width, canvas.height);
        URL.revokeObjectURL(url);
        canvas.toBlob(function (blob) { done(blob && blob.size ? blob : file); }, "image/jpeg", QUALITY);
      };
      image.src = url;
    });
  }
  function hash(blob) {
    if (!window.crypto || !window.crypto.subtle || !blob.arrayBuffer) return Promise.resolve("");
    return blob.arrayBuffer().then(function (bytes) { return window.crypto.subtle.digest("SHA-256", bytes); }).then(function (sum) {
      return Array.prototype.map.call(new Uint8Array(sum), function (b) { return ("0" + b.toString(16)).slice(-2); }).join("");
    }).catch(function () { return ""; });
  }

  /* ── One file ── */
  function add(file) {
    var tile = blank.content.firstElementChild.cloneNode(true);
    var item = { file: file, tile: tile, tries: 0, failed: false };
    tile.querySelector("[data-drop]").addEventListener("click", function () { drop(item); });
    tile.querySelector("[data-again]").addEventListener("click", function () {
      item.failed = false;
      item.tries = 0;
      next();
    });
    queue.push(item);
    list.insertBefore(tile, list.querySelector("[data-photo-add]"));
    show(item, agreed() ? "等着传" : "等家长同意");
  }
  function drop(item) {
    item.gone = true;
    clearTimeout(item.timer);
    if (item.upload) ask(item.upload + "drop/", "").catch(function () {});  // else it goes after a day
    queue.splice(queue.indexOf(item), 1);
    item.tile.remove();
    if (busy === item) busy = null;
    next();
  }
  function show(item, words, percent) {
    item.tile.querySelector("[data-say]").textContent = words;
    var bar = item.tile.querySelector("progress");
    bar.hidden = percent === undefined;
    if (percent !== undefined) bar.value = percent;
    item.tile.classList.toggle("is-bad", item.failed);
    item.tile.querySelector("[data-again]").hidden = !item.failed || !!item.last;
  }
  function fail(item, words, last) {
    item.failed = true;
    item.last = last;
    show(item, words);
    busy = null;
    next();
  }

  function next() {
    if (busy) return;
    if (!agreed()) {
      if (queue.length) say("先问一声家长，同意了打开下面的开关，照片就接着传。");
      return;
    }
    busy = queue.filter(function (item) { return !item.failed; })[0] || null;
    say(busy ? "" : line.textContent && queue.length ? line.textContent : "");
    if (busy) work(busy); else release();
  }
  function work(item) {
    if (item.gone) return;
    var ready = item.blob ? Promise.resolve() : shrink(item.file).then(function (blob) {
      item.blob = blob;
      return hash(blob);
    }).then(function (sum) { item.sum = sum; });
    show(item, item.blob ? "正在传" : "正在缩小");
    ready.then(function () { return begin(item); }).catch(function () { again(item); });
  }
  function begin(item) {
    var data = new FormData();
    data.append("client_uuid", uuid());
    data.append("programme", form.elements.programme.value);
    data.append("student", form.elements.student.value);
    data.append("kind", /^video\//.test(item.blob.type) || /\.(mp4|mov)$/i.test(item.blob.name || "") ? "video" : "photo");
    data.append("size", item.blob.size);
    data.append("sha256", item.sum);
    return ask(box.dataset.start, data).then(read).then(function (answer) { return follow(item, answer); });
  }
  function follow(item, answer) {
    if (item.gone) return null;
    if (answer.stop) return fail(item, answer.stop, answer.last);
    if (answer.lost) throw new Error("lost");
    if (answer.tile) return arrived(item, answer.tile);
    item.upload = answer.upload;
    var at = answer.received, size = item.blob.size;
    if (at >= size) at = Math.floor((size - 1) / answer.piece) * answer.piece;  // all came, the end was not told
    var end = Math.min(at + answer.piece, size);
    show(item, "上传" + Math.floor(at * 100 / size) + "%", at * 100 / size);
    if (at > (item.sent || 0)) item.tries = 0;
    item.sent = at;
    return ask(item.upload + "?offset=" + at, item.blob.slice(at, end), "application/octet-stream").then(read)
      .then(function (more) { return follow(item, more); });
  }
  function again(item) {
    if (item.gone) return;
    var wait = WAITS[item.tries];
    item.tries += 1;
    if (!wait) return fail(item, "没传上，检查网络");
    show(item, navigator.onLine === false ? "没有网络，连上后接着传" : "断了，" + wait + "秒后接着传");
    item.timer = setTimeout(function () { work(item); }, wait * 1000);
  }
  window.addEventListener("online", function () {
    if (busy && busy.timer) { clearTimeout(busy.timer); busy.tries = 0; work(busy); }
    queue.forEach(function (item) { if (item.failed && !item.last) { item.failed = false; item.tries = 0; } });
    next();
  });
  function arrived(item, url) {
    return ask(url).then(function (response) { return response.ok ? response.text() : Promise.reject(response); }).then(function (html) {
      queue.splice(queue.indexOf(item), 1);
      busy = null;
      item.tile.outerHTML = html;
      if (window.htmx) window.htmx.process(list);
      single();
      next();
    });
  }
  /* The same picture picked twice is one tile. */
  function single() {
    var seen = {};
    Array.prototype.forEach.call(list.querySelectorAll("[id]"), function (tile) {
      if (seen[tile.id]) tile.remove();
      seen[tile.id] = true;
    });
    clean();
  }
  function clean() { box.querySelector("[data-photo-clean]").hidden = !list.querySelector("[data-photo=ready]"); }
  list.addEventListener("htmx:afterSwap", clean);
  list.addEventListener("htmx:afterSettle", clean);

  Array.prototype.forEach.call(box.querySelectorAll("[data-photo-input]"), function (input) {
    input.addEventListener("change", function (event) {
      event.stopPropagation();
      Array.prototype.slice.call(input.files).forEach(add);
      input.value = "";
      mark();
      next();
    });
  });
  /* The draft holds the form's number, by which the photos are found again. */
  function mark() {
    var field = box.querySelector("[data-photo-mark]");
    field.checked = true;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
  document.addEventListener("visit:restored", function () {
    if (listed === uuid()) return;
    listed = uuid();
    ask(box.dataset.list + "?form=" + encodeURIComponent(listed)).then(function (response) {
      return response.ok ? response.text() : "";
    }).then(function (html) {
      list.insertAdjacentHTML("afterbegin", html);
      if (window.htmx) window.htmx.process(list);
      single();
    }).catch(function () { say("没有网络，传过的照片先不显示，都还在。"); });
  });

  /* ── The family's consent: said to the server at once, never part of the draft ── */
  function unname() {
    Array.prototype.forEach.call(box.querySelectorAll("[data-consent] input"), function (input) {
      input.dataset.name = input.name;
      input.removeAttribute("name");
    });
  }
  box.addEventListener("change", function (event) {
    var part = event.target.closest("[data-consent]");
    if (!part) return;
    event.stopPropagation();
    var data = new FormData(), sure = part.querySelector("[role=switch]"), id = event.target.id;
    if (sure.checked) data.append("photo_consent", "1");
    var who = part.querySelector("input[type=radio]:checked");
    if (who) data.append("consent_by", who.value);
    Array.prototype.forEach.call(form.querySelectorAll("input[name=at_home]:checked"), function (input) {
      data.append("at_home", input.value);
    });
    fetch(part.dataset.url, { method: "POST", body: data, headers: { "X-CSRFToken": token(), "HX-Request": "true" } }).then(function (response) {
      if (!response.ok || response.redirected) throw new Error("refused");
      return response.text();
    }).then(function (html) {
      part.outerHTML = html;
      unname();
      var same = document.getElementById(id);
      (same || box.querySelector("[role=switch]")).focus();
      say("");
      queue.forEach(function (item) { if (item !== busy && !item.failed) show(item, agreed() ? "等着传" : "等家长同意"); });
      next();
    }).catch(function () {
      sure.checked = part.hasAttribute("data-agreed");
      say("没有记下来。检查网络，再拨一次。");
    });
  });
  box.addEventListener("input", function (event) { if (event.target.closest("[data-consent]")) event.stopPropagation(); });

  /* ── Submitting waits for photos on their way; a second tap does not ── */
  form.addEventListener("submit", function (event) {
    if (!open() || !agreed() || held) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    held = true;
    var state = document.getElementById("save-state");
    state.className = "save local";
    state.setAttribute("data-hold", "");
    state.textContent = "还有" + open() + "张照片在传，传完就提交；再点一次不等了";
  }, true);
  function release() {
    if (!held) return;
    if (queue.length) {
      document.getElementById("save-state").textContent = "有" + queue.length + "张没传上；再点一次，不带它提交";
      return;
    }
    held = false;
    document.getElementById("save-state").removeAttribute("data-hold");
    if (form.requestSubmit) form.requestSubmit(); else form.submit();
  }

  unname();
})();
