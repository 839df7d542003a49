// Retrying without leaving the page: how it goes is told in the notices as it comes, and focus is never lost.
"use strict";

const NOTICES_EVERY = 1000;
const COUNTED_EVERY = 1000;
const notices = document.getElementById("notices");
let fallback = null;

function told(text) {
  const line = document.createElement("p");
  line.className = "notice bad";
  line.textContent = text;
  notices.prepend(line);
}

function under() {
  return notices.querySelectorAll("[data-under-way]").length;
}

// Only lines that say something new are touched, so that nothing is read out twice; what could not be begun stays.
function show(html) {
  const anew = new DOMParser().parseFromString(html, "text/html");
  let ended = false;
  for (const old of notices.querySelectorAll(".notice[id]")) {
    if (anew.getElementById(old.id)) continue;
    if (old.hasAttribute("data-under-way")) {
      told("The server of the pages was started anew meanwhile: the row’s page tells how the row stands.");
      ended = true;
    }
    old.remove();
  }
  for (const line of Array.from(anew.querySelectorAll(".notice")).reverse()) {
    const old = document.getElementById(line.id);
    if (old && old.outerHTML === line.outerHTML) continue;
    ended = ended || !line.hasAttribute("data-under-way");
    if (old) old.replaceWith(line); else notices.prepend(line);
  }
  return ended;
}

async function look() {
  const answer = await fetch(notices.dataset.from, { headers: { "X-Refresh": "1" }, redirect: "manual" });
  if (answer.ok && show(await answer.text())) await refresh();
}

async function follow() {
  if (!under()) return;
  try {
    await look();
  } catch {
    // the server is away for the moment: the next look tells
  }
  setTimeout(follow, NOTICES_EVERY);
}

async function retry(form, button) {
  if (button.getAttribute("aria-disabled") === "true") return;
  const following = under() > 0;
  button.setAttribute("aria-disabled", "true");
  try {
    const answer = await fetch(form.action, {
      method: "POST", headers: { "X-Notices": "1" }, redirect: "manual", body: new URLSearchParams(new FormData(form)),
    });
    if (answer.type === "opaqueredirect") { location.reload(); return; }
    if (answer.ok) {
      await look();
      if (!following) setTimeout(follow, NOTICES_EVERY);
    } else {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const why = page.querySelector("[role=alert] p");
      told(why ? why.textContent : "It was not begun: the server did not say why.");
    }
  } catch {
    told("The server did not answer: look at the row again before you retry it once more.");
  }
  button.removeAttribute("aria-disabled");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form.retry")) return;
  event.preventDefault();
  retry(form, form.querySelector("button"));
});

// A button that goes with its line hands its focus to the line's row, or to the notices.
document.addEventListener("focusin", (event) => {
  const line = event.target.closest("tr");
  const link = line && line.querySelector("th a");
  fallback = event.target.closest("form.retry") ? (link ? link.getAttribute("href") : "") : null;
});
new MutationObserver(() => {
  if (fallback === null || document.activeElement !== document.body) return;
  const link = fallback && document.querySelector(`#lines [href="${CSS.escape(fallback)}"]`);
  (link || notices).focus({ preventScroll: true });
}).observe(document.getElementById("content"), { childList: true, subtree: true });

async function counted() {
  if (!document.querySelector("[data-soon]")) return;
  await refresh();
  setTimeout(counted, COUNTED_EVERY);
}

follow();
setTimeout(counted, COUNTED_EVERY);
