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

  // On a phone the navigation is a line to be pushed: the page one is on stands in it, whole.
  function showPlace() {
    const line = document.querySelector(".side");
    const here = line && line.querySelector("[aria-current]");
    if (here && line.scrollWidth > line.clientWidth) {
      line.scrollLeft = here.offsetLeft - (line.clientWidth - here.offsetWidth) / 2;
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

  // On a phone a row of a table is read as a card: each cell carries the words of its column.
  // The roles keep it a table for a reader although it is no longer laid out as one.
  function labelCells(within) {
    for (const table of within.querySelectorAll(".table-frame > .table")) {
      const heads = table.tHead ? Array.from(table.tHead.rows) : [];
      if (heads.length !== 1 || table.querySelector("[colspan], [rowspan], tfoot")) {
        continue;
      }
      table.classList.add("table-cards");
      table.setAttribute("role", "table");
      table.tHead.setAttribute("role", "rowgroup");
      heads[0].setAttribute("role", "row");
      const words = Array.from(heads[0].cells).map(function (cell) {
        cell.setAttribute("role", "columnheader");
        return cell.querySelector(".visually-hidden") ? "" : cell.textContent.trim();
      });
      for (const body of table.tBodies) {
        body.setAttribute("role", "rowgroup");
        for (const row of body.rows) {
          row.setAttribute("role", "row");
          Array.from(row.cells).forEach(function (cell, place) {
            cell.setAttribute("role", cell.tagName === "TH" ? "rowheader" : "cell");
            cell.dataset.label = words[place] || "";
          });
        }
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
    labelCells(document);
  });
  document.addEventListener("DOMContentLoaded", function () {
    focusSummary(document);
    labelCells(document);
    showPlace();
    for (const element of document.querySelectorAll("[data-needs-script]")) {
      element.hidden = false;
    }
  });
})();
