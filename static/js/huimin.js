// What the pages gain with JavaScript; without it everything still works.
(function () {
  "use strict";

  // After a refused form the cursor goes to the summary of what has to be put right.
  function focusSummary(within) {
    const summary = within.querySelector("[data-focus]");
    if (summary && !summary.closest("[data-sample]")) {
      summary.focus();
    }
  }

  // A form that must not be sent twice: its button waits for the answer.
  function sendOnce(event) {
    const form = event.target;
    if (!form.matches("form[data-once]") || event.defaultPrevented) {
      return;
    }
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    for (const button of form.querySelectorAll("button[type=submit]")) {
      button.setAttribute("aria-busy", "true");
    }
  }

  // A page that comes back by the browser's back button can be sent again.
  function wake() {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll("[aria-busy]")) {
        button.removeAttribute("aria-busy");
      }
    }
  }

  function closeMenus(except) {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (menu !== except) {
        menu.open = false;
      }
    }
  }

  function onKey(event) {
    if (event.key === "Escape") {
      const open = document.querySelector("details.menu[open]");
      if (open) {
        open.open = false;
        open.querySelector("summary").focus();
      }
    }
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const search = document.querySelector("[data-search]");
      if (search) {
        event.preventDefault();
        search.focus();
        search.select();
      }
    }
  }

  document.addEventListener("submit", sendOnce);
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", function (event) {
    closeMenus(event.target.closest("details.menu"));
    const printer = event.target.closest("[data-print]");
    if (printer) {
      window.print();
    }
  });
  window.addEventListener("pageshow", wake);
  document.addEventListener("htmx:afterSwap", function (event) {
    focusSummary(event.target);
  });
  document.addEventListener("DOMContentLoaded", function () {
    focusSummary(document);
    for (const element of document.querySelectorAll("[data-needs-script]")) {
      element.hidden = false;
    }
  });
})();
