// Warns before the sign-out for lack of work and keeps a form in progress over the next sign-in.
// Without JavaScript the sign-out comes all the same, and the sign-in page leads back.
(function () {
  "use strict";

  const LAST = "huimin-last-work";
  const DRAFT = "huimin-draft:";
  const WARN_SECONDS = 120;
  const TELL_SECONDS = 300;

  const notice = document.getElementById("idle");
  if (!notice) {
    return;
  }
  const left = notice.querySelector("[data-idle-left]");
  const stay = notice.querySelector("[data-idle-stay]");
  const idleSeconds = Number(notice.dataset.minutes) * 60;
  const key = DRAFT + location.pathname + location.search;
  let told = Date.now();
  let before = null;

  // All tabs of the browser share one session, so they share the moment of the last work.
  function lastWork() {
    return Math.max(told, Number(localStorage.getItem(LAST)) || 0);
  }

  function tell() {
    told = Date.now();
    localStorage.setItem(LAST, String(told));
    return fetch(stay.action, { method: "POST", body: new FormData(stay), redirect: "manual" }).catch(function () {});
  }

  // Typing is work, although the server hears nothing of it.
  function atWork() {
    if (notice.hidden && Date.now() - lastWork() > TELL_SECONDS * 1000) {
      tell();
    }
  }

  function keptForms() {
    return document.querySelectorAll("main form[method=post]:not([data-no-draft])");
  }

  function keptFields(form) {
    return Array.from(form.elements).filter(function (field) {
      return field.name && field.name !== "csrfmiddlewaretoken" && !["password", "file", "submit", "button", "hidden"].includes(field.type);
    });
  }

  function valueOf(field) {
    return field.type === "checkbox" || field.type === "radio" ? field.checked : field.value;
  }

  function isTouched(field) {
    if (field.type === "checkbox" || field.type === "radio") {
      return field.checked !== field.defaultChecked;
    }
    if (field.options) {
      return Array.from(field.options).some((option) => option.selected !== option.defaultSelected);
    }
    return field.value !== field.defaultValue;
  }

  function keepDraft() {
    const forms = Array.from(keptForms()).map((form) => keptFields(form));
    if (forms.some((fields) => fields.some(isTouched))) {
      const values = forms.map((fields) => fields.map((field) => [field.name, valueOf(field)]));
      sessionStorage.setItem(key, JSON.stringify({ user: notice.dataset.user, values: values }));
    }
  }

  function signOut() {
    keepDraft();
    // The sign-out happens here too, so that nobody finds the page open.
    const target = notice.dataset.signIn + "?next=" + encodeURIComponent(location.pathname + location.search);
    location.replace(target);
  }

  function restoreDraft() {
    for (const name of Object.keys(sessionStorage).filter((name) => name.startsWith(DRAFT))) {
      const draft = JSON.parse(sessionStorage.getItem(name));
      if (draft.user !== notice.dataset.user) {
        sessionStorage.removeItem(name);
      } else if (name === key) {
        sessionStorage.removeItem(name);
        keptForms().forEach(function (form, place) {
          fill(keptFields(form), draft.values[place] || []);
        });
        const back = document.querySelector("[data-idle-back]");
        document.querySelector("main").prepend(back);
        back.hidden = false;
      }
    }
  }

  function fill(fields, values) {
    fields.forEach(function (field, place) {
      const kept = values[place];
      if (!kept || kept[0] !== field.name) {
        return;
      }
      if (field.type === "checkbox" || field.type === "radio") {
        field.checked = kept[1];
      } else {
        field.value = kept[1];
      }
    });
  }

  function show(seconds) {
    const words = Math.floor(seconds / 60) + ":" + String(seconds % 60).padStart(2, "0");
    left.textContent = words;
    if (notice.hidden) {
      before = document.activeElement;
      notice.hidden = false;
      notice.focus();
    }
  }

  function hide() {
    if (!notice.hidden) {
      notice.hidden = true;
      if (before) {
        before.focus();
      }
    }
  }

  function look() {
    const seconds = Math.round(idleSeconds - (Date.now() - lastWork()) / 1000);
    // A little later than the server, so that the sign-in page does not lead straight back.
    if (seconds <= -3) {
      signOut();
    } else if (seconds <= WARN_SECONDS) {
      show(Math.max(seconds, 0));
    } else {
      hide();
    }
  }

  stay.addEventListener("submit", function (event) {
    event.preventDefault();
    tell().then(look);
  });
  localStorage.setItem(LAST, String(told));
  restoreDraft();
  document.addEventListener("input", atWork);
  document.addEventListener("htmx:afterRequest", function () {
    told = Date.now();
    localStorage.setItem(LAST, String(told));
  });
  document.addEventListener("visibilitychange", look);
  setInterval(look, 1000);
})();
