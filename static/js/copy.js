/* data-copy="id": a button that copies a field's text; [data-copied] says so. Without the clipboard (plain http, old
   browsers) the text is marked, and the old command copies it. */
(function () {
  "use strict";
  document.querySelectorAll("[data-copy]").forEach(function (button) {
    var field = document.getElementById(button.dataset.copy), said = document.querySelector("[data-copied]");

    function tell(done) {
      said.textContent = done ? "复制好了，到群里粘贴。" : "没能复制，长按或按 Ctrl C 复制框里的字。";
    }

    function old() {
      field.focus();
      field.select();
      try { tell(document.execCommand("copy")); } catch (error) { tell(false); }
    }

    button.addEventListener("click", function () {
      if (navigator.clipboard && window.isSecureContext) {
        navigator.clipboard.writeText(field.value).then(function () { tell(true); }, old);
      } else old();
    });
  });
})();
